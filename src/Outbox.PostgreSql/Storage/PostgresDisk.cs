using System.Security.Cryptography;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Storage;

/// <summary>
/// Detects that the server's disk is full. A client cannot query its free space, so this class records that a commit failed for lack
/// of space, and then tests whether a write succeeds again.
/// </summary>
internal sealed class PostgresDisk(PostgresConnections connections, FullDisk disk)
{
    public bool IsFull => disk.IsFull;

    /// <summary>Throws as long as nothing can be written.</summary>
    public Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        disk.CheckAsync(() => WriteAndTakeBackAsync(connection, cancellationToken));

    /// <summary>Writes a value that is larger than a page and stored out of line, so that the file has to grow, and rolls back.</summary>
    private async Task WriteAndTakeBackAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const int Bytes = 256 * 1_024;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            connections.Names.In("INSERT INTO messaging.sent_messages (check_at, ids, messages) VALUES (now(), '', $1)"), connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = RandomNumberGenerator.GetBytes(Bytes) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }
}
