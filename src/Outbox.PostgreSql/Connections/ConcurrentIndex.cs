using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Builds indexes while others write. PostgreSQL does that outside of a transaction only, so neither a script nor a function can; and it waits for the
/// transactions that were open before.
/// </summary>
internal static class ConcurrentIndex
{
    /// <summary>Whether a table has this index, and it is finished: one that is not valid is left by a build that was interrupted.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="table">The table with its schema.</param>
    /// <param name="index">The name of the index, without schema and prefix.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static async Task<bool> HasIndexAsync(this NpgsqlConnection connection, TableNames names, string table, string index, CancellationToken cancellationToken)
    {
        const string Finished = "SELECT 1 FROM pg_index x JOIN pg_class n ON n.oid = x.indexrelid WHERE x.indrelid = $1::regclass AND x.indisvalid AND n.relname = $2";
        await using var find = new NpgsqlCommand(Finished, connection);
        find.Parameters.Add(TypedParameter.Parameter(names.In(table)));
        find.Parameters.Add(TypedParameter.Parameter(names.Prefix + index));
        return await find.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Builds an index. One of this name is left by a build that was interrupted: it is not valid, and is built anew.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="index">The name of the index, without schema and prefix.</param>
    /// <param name="on">The table with its schema, the columns, and the condition if there is one.</param>
    /// <param name="cancellationToken">Cancels it; there is no other limit.</param>
    public static async Task BuildIndexAsync(this NpgsqlConnection connection, TableNames names, string index, string on, CancellationToken cancellationToken)
    {
        await connection.DropIndexAsync(names, index, cancellationToken);
        await ExecuteAsync(connection, names.In($"CREATE INDEX CONCURRENTLY {names.Prefix}{index} ON {on}"), cancellationToken);
    }

    /// <summary>Drops an index, if it exists.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="index">The name of the index, without schema and prefix.</param>
    /// <param name="cancellationToken">Cancels it; there is no other limit.</param>
    public static Task DropIndexAsync(this NpgsqlConnection connection, TableNames names, string index, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, names.In($"DROP INDEX CONCURRENTLY IF EXISTS messaging.{index}"), cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
