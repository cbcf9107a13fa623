using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Opens connections. One that is being opened is not given up together with whoever waits for it, but goes to the pool; and only a few
/// are opened at once. Where a server is slow because everybody connects - it has just come back, and its cores are busy - connections that are
/// given up and begun anew would keep it so.
/// </summary>
/// <remarks>
/// After a failover connections from before it may be read-only, or dead. The first that says so empties the pool (docs/decisions/0026).
/// </remarks>
internal sealed class PostgresConnections(NpgsqlDataSource dataSource, TableNames names)
{
    private const int MaxTries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), BetweenClears = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _opening = new(8);
    private long _clearedAt;

    /// <summary>What the tables are called over these connections.</summary>
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

    /// <summary>Runs what may be repeated on a connection, and once more on a new one where that connection is at fault.</summary>
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

    /// <summary>Empties the pool if the connection is at fault, and not what was asked of it: the others are as old.</summary>
    /// <returns>Whether it is.</returns>
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

    /// <summary>Before the next try: the server that is to take over may need a moment.</summary>
    public static Task PauseAsync(int tries, CancellationToken cancellationToken) => Task.Delay(Pause * tries, cancellationToken);

    /// <summary>As <see cref="PostgresErrors.TranslateAll"/>, for a transaction on a connection of its own.</summary>
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
            return await dataSource.OpenConnectionAsync(CancellationToken.None); // the connection string's Timeout ends it
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
            // Nobody waits for it any more.
        }
    }
}
