using System.Globalization;
using Messaging.Outbox.PostgreSql.Connections;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>
/// Changes partitions in a separate transaction, which locks the whole table. Later transactions queue behind a waiting lock, so it
/// waits for the lock only briefly and tries again.
/// </summary>
internal sealed class PartitionTransaction(PostgresConnections connections)
{
    private const int Attempts = 5;

    /// <summary>How long a change may lock the whole table.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="change">The change.</param>
    /// <param name="longest">How long each of its statements may take. Zero: as long as it takes, whatever limit the role has.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null if the table was never free of locks, or the work took too long.</returns>
    public async Task<long?> RunAsync(Func<NpgsqlConnection, Task<long>> change, TimeSpan longest, CancellationToken cancellationToken)
    {
        var limit = longest.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                await using var connection = await connections.OpenAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(RoleLimits.LiftForWork, cancellationToken);
                await connection.ExecuteAsync(
                    $"SELECT set_config('lock_timeout', '100', true), set_config('statement_timeout', '{limit}', true), set_config('enable_seqscan', 'off', true)",
                    cancellationToken);
                var rows = await change(connection);
                await transaction.CommitAsync(cancellationToken);
                return rows;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 + Random.Shared.Next(100 * attempt)), cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Calls a function that changes a partition.</summary>
    /// <returns>The number that the function returns; 0 for null.</returns>
    public async Task<long> CallAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(connections.Names.In(sql), connection) { CommandTimeout = 0 }; // the transaction has a limit
        command.Parameters.AddRange(parameters.Select(PostgresDialect.Parameter).ToArray());
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }
}
