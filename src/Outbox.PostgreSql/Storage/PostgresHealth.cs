using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Storage;

/// <summary>Checks whether the database can be used.</summary>
internal sealed class PostgresHealth(PostgresConnections connections, PostgresDisk disk) : IStoreHealth
{
    /// <summary>
    /// A table of a new script is closed to a role that has no default privileges: then every commit fails, long after the migration. Partitions
    /// are reached by their tables; a table that a later script has dropped is not there.
    /// </summary>
    private static readonly string Closed =
        $"""
        (SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
         FROM (VALUES {string.Join(", ", ScriptTable.Of(PostgresMigrator.OwnScripts).Select(table => $"('messaging.{table.Name}')"))}) AS t (name)
         JOIN pg_class c ON c.oid = to_regclass(t.name) AND NOT c.relispartition
         WHERE NOT has_table_privilege(c.oid, 'SELECT') OR NOT has_table_privilege(c.oid, 'INSERT'))
        """;

    private readonly ScriptCheck _scripts = new(PostgresMigrator.OwnScripts);

    // A session may be read-only although the server is not, and vice versa.
    public Task PingAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => connections.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    connections.Names.In("""
                    SELECT current_setting('transaction_read_only'), (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1),
                        (SELECT name FROM messaging.queues LIMIT 1),
                    """ + Closed),
                    connection);
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                {
                    await reader.ReadAsync(cancellationToken);
                    if (reader.GetString(0) == "on")
                    {
                        throw new PostgresException("read-only", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction);
                    }

                    if (!await reader.IsDBNullAsync(4, cancellationToken))
                    {
                        throw new PostgresException("rights", "ERROR", "ERROR", PostgresErrorCodes.InsufficientPrivilege, tableName: reader.GetString(4));
                    }
                }

                await _scripts.EnsureAsync(() => ReadJournalAsync(connection, cancellationToken));
                await disk.CheckAsync(connection, cancellationToken);
                return true;
            },
            cancellationToken));

    /// <returns>Null if the role may not read the journal, which its work does not need.</returns>
    private async Task<IReadOnlyList<string>?> ReadJournalAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(connections.Names.In($"SELECT scriptname FROM messaging.{Journal.Name}"), connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var names = new List<string>();
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add(reader.GetString(0));
            }

            return names;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }
}
