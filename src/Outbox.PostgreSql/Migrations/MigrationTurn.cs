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

    private static readonly TimeSpan BetweenLogs = TimeSpan.FromSeconds(30), BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlConnection _connection;

    private MigrationTurn(NpgsqlConnection connection) => _connection = connection;

    /// <exception cref="MigrationException">Another process has held the lock for longer.</exception>
    public static async Task<MigrationTurn> TakeAsync(NpgsqlDataSource source, TimeSpan longestWait, ILogger logger, CancellationToken cancellationToken)
    {
        var connection = source.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken);
            var since = TimeProvider.System.GetTimestamp();
            var nextLog = TimeSpan.Zero;
            while (!await TryTakeAsync(connection, ScriptsKey, cancellationToken))
            {
                var waited = TimeProvider.System.GetElapsedTime(since);
                if (waited >= longestWait)
                {
                    throw new MigrationException(
                        $"Another process is still migrating this database after a wait of {waited.TotalSeconds:0} s. Check what it does (pg_stat_activity) and start again.", null);
                }

                if (waited >= nextLog)
                {
                    LogWaiting(logger, waited.TotalSeconds);
                    nextLog = waited + BetweenLogs;
                }

                var left = longestWait - waited;
                await Task.Delay(left < BetweenTries ? left : BetweenTries, cancellationToken);
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
    public static async Task<MigrationTurn?> TryTakeForIndexesAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = source.CreateConnection();
        var isTaken = false;
        try
        {
            await connection.OpenAsync(cancellationToken);
            isTaken = await TryTakeAsync(connection, IndexesKey, cancellationToken);
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

    /// <summary>
    /// Tries again and again, and does not wait in the database: a statement that waits for a lock has a snapshot, and an index that the other process
    /// builds concurrently would wait for whoever waits for it.
    /// </summary>
    private static async Task<bool> TryTakeAsync(NpgsqlConnection connection, long key, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("BEGIN", cancellationToken);
        await connection.ExecuteAsync(RoleLimits.LiftForTransaction, cancellationToken);
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({key})", connection);
        var isTaken = await command.ExecuteScalarAsync(cancellationToken) is true;

        // Ends the snapshot of the SELECT, for which an index that is built concurrently would wait, and a vacuum.
        await connection.ExecuteAsync(isTaken ? "SET LOCAL lock_timeout = 0" : "ROLLBACK", cancellationToken);
        return isTaken;
    }

    [LoggerMessage(
        EventId = 1812, EventName = "MigrationWaits", Level = LogLevel.Information,
        Message = "Another process is migrating the database; waited for {Seconds:0} s so far")]
    private static partial void LogWaiting(ILogger logger, double seconds);
}
