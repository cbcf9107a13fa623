using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// The lock that lets one process at a time migrate. It is an advisory lock of a transaction: behind a pooler, a session lock would
/// stay in a session that other clients use. The server releases it when the connection ends, also if the process dies.
/// </summary>
internal sealed partial class MigrationTurn : IAsyncDisposable
{
    private const long ScriptsKey = 7_276_158_290_114, IndexesKey = 7_276_158_290_116;

    private static readonly TimeSpan BetweenLogs = TimeSpan.FromSeconds(30);

    private readonly NpgsqlConnection _connection;

    private MigrationTurn(NpgsqlConnection connection) => _connection = connection;

    /// <exception cref="MigrationException">Another process has held the lock for longer.</exception>
    public static async Task<MigrationTurn> TakeAsync(string connectionString, TimeSpan longestWait, ILogger logger, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            var since = TimeProvider.System.GetTimestamp();
            var wait = TimeSpan.Zero;
            while (!await TryTakeAsync(connection, ScriptsKey, wait, cancellationToken))
            {
                var waited = TimeProvider.System.GetElapsedTime(since);
                if (waited >= longestWait)
                {
                    throw new MigrationException(
                        $"Another process is still migrating this database after a wait of {waited.TotalSeconds:0} s. Check what it does (pg_stat_activity) and start again.", null);
                }

                LogWaiting(logger, waited.TotalSeconds);
                var left = longestWait - waited;
                wait = left < BetweenLogs ? left : BetweenLogs;
            }

            return new MigrationTurn(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The turn to build indexes, for which nobody waits: not even another migration.</summary>
    /// <returns>Null while another process has it.</returns>
    public static async Task<MigrationTurn?> TryTakeForIndexesAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        var isTaken = false;
        try
        {
            await connection.OpenAsync(cancellationToken);
            isTaken = await TryTakeAsync(connection, IndexesKey, TimeSpan.Zero, cancellationToken);
            return isTaken ? new MigrationTurn(connection) : null;
        }
        finally
        {
            if (!isTaken)
            {
                await connection.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<bool> TryTakeAsync(NpgsqlConnection connection, long key, TimeSpan wait, CancellationToken cancellationToken)
    {
        var milliseconds = Math.Max(1, (long)wait.TotalMilliseconds);
        await connection.ExecuteAsync($"BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = {milliseconds}", cancellationToken);
        try
        {
            await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({key})", cancellationToken);
            // Ends the snapshot of the SELECT, for which an index that is built concurrently would wait, and a vacuum.
            await connection.ExecuteAsync("SET LOCAL lock_timeout = 0", cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.ExecuteAsync("ROLLBACK", cancellationToken);
            return false;
        }
    }

    [LoggerMessage(
        EventId = 1812, EventName = "MigrationWaits", Level = LogLevel.Information,
        Message = "Another process is migrating the database; waited for {Seconds:0} s so far")]
    private static partial void LogWaiting(ILogger logger, double seconds);
}
