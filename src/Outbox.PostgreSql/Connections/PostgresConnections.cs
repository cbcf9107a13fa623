using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Opens connections. If the caller stops waiting, the connection is still opened and returned to the pool, and only a few are
/// opened at the same time. Otherwise a server that is slow because every client connects at once - after a restart, for example
/// - would stay slow, as connections would be aborted and started again.
/// </summary>
/// <remarks>
/// After a failover, older connections may be read-only or dead. The first one that reports this empties the pool
/// (docs/decisions/0026).
/// </remarks>
internal sealed class PostgresConnections(NpgsqlDataSource dataSource, TableNames names)
{
    private const int MaxTries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), BetweenClears = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _opening = new(8);
    private long _clearedAt;

    /// <summary>The names of the tables.</summary>
    public TableNames Names => names;

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        var opening = OpenAsync();
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = ReturnAsync(opening);
            throw;
        }
    }

    /// <summary>
    /// Runs an action that may be repeated on a connection, and again on a new connection if the first one was the cause of the
    /// failure.
    /// </summary>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> action, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await OpenAsync(cancellationToken);
                return await action(connection);
            }
            catch (PostgresException exception) when (tries < MaxTries && ClearIfAtFault(exception))
            {
                await PauseAsync(tries, cancellationToken);
            }
        }
    }

    /// <summary>Empties the pool if the connection, and not the statement, is the cause: the other connections are as old.</summary>
    /// <returns>Whether the connection is the cause.</returns>
    public bool ClearIfAtFault(Exception exception)
    {
        if (PostgresErrors.KindOf(exception) != SqlErrorKind.Connection)
        {
            return false;
        }

        var cleared = Volatile.Read(ref _clearedAt);
        if ((cleared == 0 || TimeProvider.System.GetElapsedTime(cleared) > BetweenClears)
            && Interlocked.CompareExchange(ref _clearedAt, TimeProvider.System.GetTimestamp(), cleared) == cleared)
        {
            dataSource.Clear();
        }

        return true;
    }

    /// <summary>Waits before the next try: the new primary may need a moment.</summary>
    public static Task PauseAsync(int tries, CancellationToken cancellationToken) => Task.Delay(Pause * tries, cancellationToken);

    /// <summary>Like <see cref="PostgresErrors.TranslateAll"/>, for a transaction on its own connection.</summary>
    public Task<T> TranslateAllAsync<T>(Func<Task<T>> action) => PostgresErrors.TranslateAll(async () =>
    {
        try
        {
            return await action();
        }
        catch (PostgresException exception)
        {
            _ = ClearIfAtFault(exception);
            throw;
        }
    });

    private async Task<NpgsqlConnection> OpenAsync()
    {
        try
        {
            return await dataSource.OpenConnectionAsync(CancellationToken.None); // the connection string's Timeout limits it
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task ReturnAsync(Task<NpgsqlConnection> opening)
    {
        try
        {
            await using var connection = await opening;
        }
        catch (Exception)
        {
            // No caller waits for it.
        }
    }
}
