using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Sqlite.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.Tests.Migrations;

/// <summary>A database that the version before has migrated: with DbUp's journal, in which scripts have the names from when they lay in the core.</summary>
public sealed class JournalTests : IDisposable
{
    private static readonly string[] Postgres =
    [
        "0001-outbox", "0002-task-control", "0003-dead-letters", "0004-idempotency", "0005-schedules", "0006-queues", "0007-sent-messages", "0009-sagas",
        "0010-task-consumers", "0011-queue-counts", "0013-schedule-errors", "0015-partitions", "0018-cancelled-with", "0020-stack-traces", "0022-partition-functions",
    ];

    private static readonly string[] Sqlite =
    [
        "0001-outbox", "0002-task-control", "0003-dead-letters", "0004-idempotency", "0005-schedules", "0006-queues", "0007-sent-messages", "0009-sagas",
        "0010-task-consumers", "0011-queue-counts", "0013-schedule-errors", "0018-cancelled-with", "0020-stack-traces",
    ];

    private readonly LogCapture _logs = new() { Level = LogLevel.Information };

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Postgres_runs_no_script_again()
    {
        await using var database = await Servers.CreateDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        {
            await ExecuteAsync("CREATE SCHEMA messaging");
            await ExecuteAsync(
                """
                CREATE TABLE "messaging"."schema_versions" (
                    schemaversionsid serial NOT NULL,
                    scriptname character varying(255) NOT NULL,
                    applied timestamp without time zone NOT NULL,
                    CONSTRAINT "PK_schema_versions_Id" PRIMARY KEY (schemaversionsid))
                """);
            foreach (var name in Postgres)
            {
                await ExecuteAsync(TableNames.Postgres().InScript(TextOf(PostgresMigrator.OwnScripts, name)));
                await ExecuteAsync($"INSERT INTO messaging.schema_versions (scriptname, applied) VALUES ('Messaging.Outbox.Scripts.Postgres.{name}.sql', now())");
            }

            async Task ExecuteAsync(string sql)
            {
                await using var command = source.CreateCommand(sql);
                await command.ExecuteNonQueryAsync();
            }
        }

        await new PostgresMigrator(database.ConnectionString, TableNames.Postgres()).MigrateAsync(_logs, default);

        AssertOnlyNew(Postgres);
    }

    [Fact]
    public async Task Sqlite_runs_no_script_again()
    {
        using var folder = new TemporaryFolder();
        var file = new SqliteConnectionStringBuilder { DataSource = folder.File("test.db"), Pooling = false }.ConnectionString;
        await using (var connection = new SqliteConnection(file))
        {
            await connection.OpenAsync();
            await ExecuteAsync(
                """
                CREATE TABLE [schema_versions] (
                    SchemaVersionID INTEGER CONSTRAINT 'PK_schema_versions_SchemaVersionID' PRIMARY KEY AUTOINCREMENT NOT NULL,
                    ScriptName TEXT NOT NULL,
                    Applied DATETIME NOT NULL)
                """);
            foreach (var name in Sqlite)
            {
                await ExecuteAsync(TableNames.Sqlite().InScript(TextOf(SqliteMigrator.OwnScripts, name)));
                await ExecuteAsync($"INSERT INTO schema_versions (ScriptName, Applied) VALUES ('Messaging.Outbox.Scripts.Sqlite.{name}.sql', CURRENT_TIMESTAMP)");
            }

            async Task ExecuteAsync(string sql)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync();
            }
        }

        await new SqliteMigrator(file, TableNames.Sqlite()).MigrateAsync(_logs, default);

        AssertOnlyNew(Sqlite);
    }

    private static string TextOf(IReadOnlyList<MigrationScript> scripts, string name) =>
        scripts.Single(script => script.Name.EndsWith($".{name}.sql", StringComparison.Ordinal)).Text;

    private void AssertOnlyNew(string[] former) =>
        Assert.DoesNotContain(_logs.Lines, line => former.Any(name => line.Contains($".{name}.", StringComparison.Ordinal)));
}
