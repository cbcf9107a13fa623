using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Sqlite.Hosting;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Sqlite.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.Tests.Sqlite;

/// <summary>A file has no schemas: a prefix keeps the outbox's tables apart from those of the application.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = _folder.File("test.db"), Pooling = false }.ConnectionString;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_concurrent_migrations_are_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => MigrateAsync())));

        Assert.Equal(["1"], Read("SELECT count(*) FROM schema_versions WHERE ScriptName LIKE '%0001-outbox.sql'"));
    }

    [Fact]
    public async Task A_foreign_table_is_named_before_anything_is_changed()
    {
        Read("CREATE TABLE queues (id INTEGER, title TEXT)");

        var refused = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync());

        Assert.StartsWith("The table queues exists and does not belong to the outbox (its columns are id, title): set a prefix", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["queues"], Read("SELECT name FROM sqlite_master"));
    }

    [Fact]
    public async Task With_a_prefix_the_outbox_works_beside_tables_of_the_same_names()
    {
        foreach (var table in (string[])["outbox", "inbox", "tasks", "audit", "queues", "schedules", "dead_letters", "schema_versions"])
        {
            Read($"CREATE TABLE {table} (of_another_shape INTEGER)");
        }

        var names = TableNames.Sqlite("x_");
        await MigrateAsync("x_");
        await MigrateAsync("x_");
        using var database = new SqliteDatabase(ConnectionString, names);
        var store = SqliteStore.Over(database, TimeProvider.System);
        var message = Work.Message() with { TaskKind = "T" };
        await store.Commits.CommitAsync([Work.With(message)], lockWait: null, default);
        await store.Commits.CommitAsync([Work.With(new TaskOutcome(message.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow))], lockWait: null, default);
        await store.Health.PingAsync(default);

        await using var claim = await store.Outbox.ClaimAsync(10, settlements: null, default);
        Assert.Equal(message.MessageId, Assert.Single(claim.Messages).MessageId);
        Assert.Equal(["3"], Read("SELECT state FROM x_tasks"));
        Assert.Empty(Read("SELECT * FROM tasks"));
    }

    [Fact]
    public async Task A_prefix_over_an_outbox_without_one_is_refused()
    {
        await MigrateAsync();

        var refused = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync("x_"));

        Assert.StartsWith("The file has the outbox's tables already, without the prefix x_", refused.Message, StringComparison.Ordinal);
        await MigrateAsync();
    }

    private Task MigrateAsync(string prefix = "") => new SqliteMigrator(ConnectionString, TableNames.Sqlite(prefix)).MigrateAsync(NullLogger.Instance, default);

    private List<string> Read(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
