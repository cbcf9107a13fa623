using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Opens connections. Only a few are opened at the same time, and if the caller stops waiting, its connection is still opened and
/// returned to the pool. Otherwise a server that is slow because all clients connect at once, for example after a restart, would
/// stay slow, because clients would abort their connections and start again.
/// </summary>
/// <remarks>
/// After a failover, pooled connections may be read-only or dead. The first failure of one empties the pool
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
    /// Runs an idempotent action. If it fails because of the connection, it runs again on a new connection.
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

    /// <summary>Empties the pool if the connection, and not the statement, caused the failure: the pooled connections may be as old.</summary>
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

    /// <summary>Waits before the next try, so that a new primary can be promoted.</summary>
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
            // The caller no longer waits, so the exception is ignored.
        }
    }
}
