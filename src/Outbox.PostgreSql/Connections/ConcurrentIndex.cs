using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Builds indexes while others write. PostgreSQL does that outside of a transaction only, so neither a script nor a function can; and it waits for the
/// transactions that were open before.
/// </summary>
internal static class ConcurrentIndex
{
    /// <summary>Builds an index. One of this name is left by a build that was interrupted: it is not valid, and is built anew.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="index">The name of the index, without schema and prefix.</param>
    /// <param name="on">The table with its schema, the columns, and the condition if there is one.</param>
    /// <param name="cancellationToken">Cancels it; there is no other limit.</param>
    public static async Task BuildIndexAsync(this NpgsqlConnection connection, TableNames names, string index, string on, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"DROP INDEX CONCURRENTLY IF EXISTS messaging.{index}");
        await ExecuteAsync($"CREATE INDEX CONCURRENTLY {names.Prefix}{index} ON {on}");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(names.In(sql), connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
