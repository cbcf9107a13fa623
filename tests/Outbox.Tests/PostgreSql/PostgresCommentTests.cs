using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>The schema explains itself: in psql, by <c>\d+</c>.</summary>
public sealed class PostgresCommentTests
{
    [Theory]
    [InlineData("messaging", "")]
    [InlineData("mq", "x_")]
    public async Task Every_table_column_and_function_has_a_comment(string schema, string prefix)
    {
        await using var database = await Servers.CreateDatabaseAsync();
        await new PostgresMigrator(database.ConnectionString, TableNames.Postgres(schema, prefix)).MigrateAsync(NullLogger.Instance, default);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(
            $"""
            SELECT c.relname || coalesce('.' || a.attname, '')
            FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
            UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
            """);

        Assert.Empty(await command.ReadAllAsync(reader => reader.GetString(0), default));
    }
}
