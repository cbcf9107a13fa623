using System.Collections.Concurrent;
using System.Data.Common;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite;

/// <summary>The store on one SQLite file, which one process at a time may own.</summary>
internal sealed class SqliteStore(SqliteDatabase database, TimeProvider time) : IOutboxStore
{
    // Claimed, not completed, and not yet given back, because the database could not be written.
    private readonly ConcurrentQueue<long> _toGiveBack = new();

    private const long MinAvailableBytes = 1_024 * 1_024;

    private const string DiskName = "the database file";

    private readonly FullDisk _disk = new();
    private readonly DiskReserve _reserve = new();

    private readonly SqliteDialect _dialect = new(database.Names);

    public TableNames Names => database.Names;

    // SQLite has one writer; a second loop would only wait for the first.
    public int MaxConcurrentCommits => 1;

    public bool CanWaitForConsumers => true;

    // No row locks: whoever writes has the whole file, and is waited for.
    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken) =>
        _disk.WatchAsync(() => database.WriteAsync(
            (connection, transaction) =>
            {
                var writer = new SqliteWriter(connection, transaction, time);
                var unique = new bool[group.Count];
                for (var i = 0; i < group.Count; i++)
                {
                    unique[i] = !writer.IsDone(group[i]);
                    if (unique[i])
                    {
                        writer.ExecuteFirstPhase(group[i]);
                        writer.ExecuteSecondPhase(group[i]);
                    }
                }

                return unique;
            },
            cancellationToken));

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new SqliteTransactionOfUnit(await database.BeginAsync(cancellationToken), _dialect, time);

    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => new SqliteWriter(connection, transaction: null, time).FindDone(keys, tasks), cancellationToken);

    public async Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
    {
        // An empty look must not cost a write: that would be an fsync, and the turn of everyone else.
        var anyDue = await UntilNextDueAsync(cancellationToken) <= TimeSpan.Zero;
        await SqliteClaim.GiveBackAsync(database, _toGiveBack, cancellationToken);
        var claimed = anyDue
            ? await database.WriteAsync((c, t) => SqliteClaim.Claim(c, t, limit, settlements, time), cancellationToken)
            : [];
        return new SqliteClaim(database, time, claimed, settlements, _toGiveBack);
    }

    public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => SqliteClaim.UntilNextDue(connection, time), cancellationToken);

    public Task RecoverAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(transaction, "UPDATE messaging.outbox SET in_flight = 0, attempts = attempts + 1, awaiting = 0 WHERE in_flight = 1"),
            cancellationToken);

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => tasks.Sum(task => connection.Execute(
                transaction,
                $"""
                UPDATE messaging.tasks SET state = {(int)TaskState.Running}, attempts = $2, started_at = $3, next_attempt_at = NULL,
                    worker = $4, progress = $5, progress_text = $6
                WHERE id = $1 AND attempts <= $2 AND (attempts < $2 OR state = {(int)TaskState.Running}
                      OR state = {(int)TaskState.Queued} AND started_at < $3)
                  AND state IN ({(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying}, {(int)TaskState.Scheduled})
                """,
                task.Id,
                task.Attempt,
                new StoreTime(task.StartedAt),
                worker,
                task.Progress,
                task.ProgressText)),
            cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Prepare(transaction: null, sql, [.. parameters]), read, cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.PrepareAsWritten(transaction: null, sql, [.. parameters]), read, cancellationToken);

    private Task<IReadOnlyList<T>> ReadAsync<T>(
        Func<PreparedConnection, SqliteCommand> prepare, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(
            connection =>
            {
                using var reader = prepare(connection).ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                {
                    rows.Add(read(reader));
                }

                return rows;
            },
            cancellationToken);

    // One process at a time: its clock is the only one.
    public bool HasClockOfItsOwn => false;

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Task.FromResult(time.GetUtcNow());

    public string LockRows => _dialect.LockRows;

    public string SkipLocked => _dialect.SkipLocked;

    public string Never => _dialect.Never;

    public string IsUnclaimed => _dialect.IsUnclaimed;

    public string IsAmong(Func<string, string> select) => _dialect.IsAmong(select);

    public void Bind(DbParameter parameter, int number, object? value) => _dialect.Bind(parameter, number, value);

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => _dialect.TranslateAsync(action);

    // One process at a time has the file.
    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(new NoTurn());

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(
        Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionChange>>([]);

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(
                    transaction,
                    """
                    DELETE FROM messaging.inbox WHERE (message_id, consumer_id) IN
                        (SELECT message_id, consumer_id FROM messaging.inbox WHERE consumed_at < $1 LIMIT $2)
                    """,
                    new StoreTime(retention.Inbox),
                    retention.Limit)
                + connection.Execute(
                    transaction,
                    $"""
                    DELETE FROM messaging.tasks WHERE id IN
                        (SELECT id FROM messaging.tasks WHERE finished_at < $1 AND state = {(int)TaskState.Succeeded} LIMIT $2)
                    """,
                    new StoreTime(retention.SucceededTasks),
                    retention.Limit),
            cancellationToken);

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await QueryAsync(
            "SELECT (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1), (SELECT name FROM messaging.queues LIMIT 1)", [], _ => true, cancellationToken);
        await _disk.CheckAsync(() => database.AvailableBytes >= MinAvailableBytes
            ? Task.CompletedTask
            : throw new StoreUnavailableException(SqliteErrors.DiskFull));
    }

    public string? File => database.File;

    public async Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken)
    {
        var disk = database.Disk;
        var reserve = limits.MinFreeBytes ?? DiskGauge.ReserveOf(disk.TotalSize);
        var unused = (await QueryAsync(
            "SELECT (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)", [], row => row.GetInt64(0), cancellationToken))[0];
        var shortage = _reserve.Check(DiskName, disk.AvailableFreeSpace, unused, reserve);
        if (shortage is null || !await database.TryTruncateLogAsync(cancellationToken))
        {
            return shortage;
        }

        return _reserve.Check(DiskName, disk.AvailableFreeSpace, unused, reserve);
    }

    private sealed class NoTurn : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
