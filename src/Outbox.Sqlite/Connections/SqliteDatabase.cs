using System.Collections.Concurrent;
using System.Globalization;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>
/// A database file with one writing connection. Writers wait for it here and not in SQLite's busy handler, so none starves. Commits
/// are durable: the write-ahead log is synced at each commit (<c>synchronous = FULL</c>).
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int PageSize = 4_096;

    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(5), PauseAfterBusy = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1); // never disposed: it has no handle, and callers may still wait for it
    private readonly ConcurrentBag<PreparedConnection> _readers = [];
    private readonly Lazy<PreparedConnection> _writer;
    private readonly string _connectionString;
    private readonly ReadGate _gate = new();
    private readonly int _maxLogPages;
    private readonly TimeProvider _time;
    private long? _notShortened;
    private int _begun;

    /// <param name="connectionString">The file.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="maxLogPages">The pages of the log after which they move to the file.</param>
    /// <param name="time">The time between two tries to shorten the log.</param>
    public SqliteDatabase(string connectionString, TableNames names, int maxLogPages = 8_000, TimeProvider? time = null)
    {
        _maxLogPages = maxLogPages;
        _time = time ?? TimeProvider.System;
        Names = names;
        _connectionString = connectionString;
        File = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        _writer = new Lazy<PreparedConnection>(OpenWriter, LazyThreadSafetyMode.PublicationOnly); // an exception is not cached
    }

    public TableNames Names { get; }

    /// <summary>The bytes that this process may still write to the disk of the file.</summary>
    public long AvailableBytes => Disk.AvailableFreeSpace;

    /// <summary>The disk of the file.</summary>
    public DriveInfo Disk => new(File);

    public string File { get; }

    /// <summary>How often reads have waited so that the log could be shortened.</summary>
    public int TimesClosed { get; private set; }

    /// <summary>
    /// Moves the contents of the log to the file and truncates the log. After a transaction was rolled back because the disk was full,
    /// the log uses all free space.
    /// </summary>
    /// <returns>False if that was not possible: there are readers, or the file cannot grow.</returns>
    public async Task<bool> TryTruncateLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            return TryTruncate();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs the action in a transaction; an exception rolls it back.</summary>
    public async Task<T> WriteAsync<T>(Func<PreparedConnection, SqliteTransaction, T> action, CancellationToken cancellationToken)
    {
        await using var turn = await BeginAsync(cancellationToken);
        return SqliteErrors.Translate(() =>
        {
            var result = action(turn.Connection, turn.Transaction);
            turn.Transaction.Commit();
            return result;
        });
    }

    public async Task<T> ReadAsync<T>(Func<PreparedConnection, T> action, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        using var reading = await _gate.EnterAsync(cancellationToken);
        return SqliteErrors.Translate(() =>
        {
            var connection = _readers.TryTake(out var idle) ? idle : Open();
            try
            {
                var result = action(connection);
                _readers.Add(connection);
                return result;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        });
    }

    /// <summary>Waits for the write lock and opens a transaction. Disposing the turn without a commit rolls it back.</summary>
    public async Task<SqliteTurn> BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            throw new StoreUnavailableException("The database is busy.", exception);
        }

        try
        {
            await ShortenLogAsync();
            return SqliteErrors.Translate(() => new SqliteTurn(_writer.Value, _writer.Value.BeginTransaction(deferred: false), _turn));
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>
    /// SQLite begins the log anew only at a moment without readers of it, and with reads that overlap all the time there is none: in 40 s it grew to 1 GiB. So when it has grown to a multiple
    /// of its size, new reads wait until those that run have ended, half a second at most. If one of them takes longer, they waited for nothing, and the next try
    /// comes seconds later.
    /// </summary>
    private async Task ShortenLogAsync()
    {
        const int Often = 64, Multiple = 4;
        if (++_begun % Often != 0 || new FileInfo($"{File}-wal") is not { Exists: true } log || log.Length < (long)LogPages() * PageSize * Multiple
            || (_notShortened is { } before && _time.GetElapsedTime(before) < PauseAfterBusy))
        {
            return;
        }

        TimesClosed++;
        using var closed = await _gate.CloseAsync();
        _notShortened = TryTruncate() ? null : _time.GetTimestamp();
    }

    /// <returns>False if there are readers, of this process or of another one, or the file cannot grow; in that case the commit tells what is wrong.</returns>
    private bool TryTruncate()
    {
        try
        {
            return _writer.Value.Prepare(transaction: null, "PRAGMA wal_checkpoint(TRUNCATE)").ExecuteScalar() is 0L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private int LogPages() => (int)Math.Clamp(Disk.TotalSize / 64 / PageSize, 32, _maxLogPages);

    /// <summary>Waits for a running commit. Later callers wait until their own deadline.</summary>
    public void Dispose()
    {
        _turn.Wait(LongestCommit);
        if (_writer.IsValueCreated)
        {
            _writer.Value.Dispose();
        }

        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    /// <summary>
    /// Sets a page cache, and a log size of some thousands of pages, after which pages move from the log to the file: few checkpoints
    /// save fsyncs. On a small disk the log is smaller, so that it fits into the reserve, and is truncated after a large transaction.
    /// </summary>
    private PreparedConnection OpenWriter()
    {
        var connection = Open();
        var pages = LogPages();
        connection.Execute(
            null,
            string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = {pages}; PRAGMA journal_size_limit = {pages * PageSize * 2}"));
        return connection;
    }

    private PreparedConnection Open()
    {
        var connection = new PreparedConnection(_connectionString, Names);
        try
        {
            SqliteFunctions.AddTo(connection);
            connection.Open();
            connection.Execute(null, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
