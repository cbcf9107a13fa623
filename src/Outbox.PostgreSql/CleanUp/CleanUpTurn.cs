using Messaging.Outbox.PostgreSql.Connections;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.CleanUp;

/// <summary>
/// A lock that lets one process at a time clean up, or sweep: an advisory lock of a transaction that stays idle while other connections do
/// the work. The transaction holds no snapshot, so it does not prevent a vacuum from removing dead rows.
/// </summary>
internal sealed class CleanUpTurn : IAsyncDisposable
{
    public const long CleanUp = 7_276_158_290_115, Sweep = 7_276_158_290_140;

    private readonly NpgsqlConnection _connection;

    private CleanUpTurn(NpgsqlConnection connection) => _connection = connection;

    /// <returns>Null while another process holds the lock.</returns>
    public static async Task<IAsyncDisposable?> TryTakeAsync(PostgresConnections connections, long key, CancellationToken cancellationToken)
    {
        var connection = await connections.OpenAsync(cancellationToken);
        var isTaken = false;
        try
        {
            await connection.ExecuteAsync("BEGIN", cancellationToken);
            await connection.ExecuteAsync(RoleLimits.LiftForTransaction, cancellationToken); // or the lock is lost while the others work
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
            command.Parameters.Add(TypedParameter.Parameter(AdvisoryKey.Of(key, connections.Names)));
            isTaken = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            return isTaken ? new CleanUpTurn(connection) : null;
        }
        finally
        {
            if (!isTaken)
            {
                await connection.DisposeAsync();
            }
        }
    }

    // The pool rolls back the open transaction.
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
