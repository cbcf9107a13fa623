using Messaging.Outbox.PostgreSql.Connections;
using System.Globalization;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Storage;

/// <summary>
/// Reads the size of the database. It is cached for a while, because the server reads the file sizes of all tables for it.
/// </summary>
internal sealed class PostgresQuota(TimeProvider time)
{
    private long? _askedAt;
    private long _size;

    public async Task<string?> CheckAsync(PostgresConnections connections, StorageLimits limits, CancellationToken cancellationToken)
    {
        if (limits.MaxDatabaseBytes is not { } max)
        {
            return null;
        }

        if (_askedAt is not { } at || time.GetElapsedTime(at) >= limits.SizeInterval)
        {
            _size = await connections.UseAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand("SELECT pg_database_size(current_database())", connection);
                    return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
                },
                cancellationToken);
            _askedAt = time.GetTimestamp();
        }

        return _size > max
            ? string.Create(CultureInfo.InvariantCulture, $"The database has {_size} bytes, more than the limit of {max} bytes (Outbox:MaxDatabaseBytes).")
            : null;
    }
}
