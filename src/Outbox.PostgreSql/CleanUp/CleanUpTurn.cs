using Messaging.Outbox.PostgreSql.Connections;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.CleanUp;

/// <summary>
/// The turn to clean up: a lock of a transaction that is idle while others do the work. It holds no snapshot, and so keeps no dead row from a vacuum.
/// </summary>
internal sealed class CleanUpTurn : IAsyncDisposable
{
    private const long LockKey = 7_276_158_290_115;

    private readonly NpgsqlConnection _connection;

    private CleanUpTurn(NpgsqlConnection connection) => _connection = connection;

    /// <returns>Null while another process has it.</returns>
    public static async Task<IAsyncDisposable?> TryTakeAsync(PostgresConnections connections, CancellationToken cancellationToken)
    {
        var connection = await connections.OpenAsync(cancellationToken);
        var isTaken = false;
        try
        {
            await connection.ExecuteAsync("BEGIN", cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
            command.Parameters.Add(TypedParameter.Parameter(LockKey));
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

    // The pool rolls back what is still open.
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
