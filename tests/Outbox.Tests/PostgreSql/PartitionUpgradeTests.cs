using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A database from before there were partitions.</summary>
public sealed class PartitionUpgradeTests
{
    [Fact]
    public async Task An_older_database_keeps_all_its_rows()
    {
        await using var database = await Servers.CreateDatabaseAsync();
        await FormerDatabase.CreateAsync(database, before: "0015");
        await using var source = NpgsqlDataSource.Create(database.Outside);
        Guid[] ids = [Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-3)), Guid.CreateVersion7(), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(1)), new("f0000000-0000-4000-8000-000000000001"), new("00020000-ac11-0242-8000-000000000002")];
        var consumer = Guid.NewGuid();
        foreach (var id in ids)
        {
            await using var insert = source.CreateCommand(
                $"INSERT INTO tasks (id, kind, state) VALUES ('{id}', 'T', 4); INSERT INTO inbox (message_id, consumer_id) VALUES ('{id}', '{consumer}')");
            await insert.ExecuteNonQueryAsync();
        }

        await new PostgresMigrator(database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);

        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        var done = await store.Inbox.FindDoneAsync([.. ids.Select(id => new InboxKey(id, consumer))], [], default);
        Assert.Equal(ids.Order(), done.Consumed.Select(key => key.MessageId).Order());
        var tasks = await store.Queries.QueryAsync(
            "SELECT id, tableoid::regclass::text FROM messaging.tasks WHERE attention = 4", [], row => (Id: row.GetGuid(0), Partition: row.GetString(1)), default);
        Assert.Equal(ids.Order(), tasks.Select(task => task.Id).Order());
        Assert.Equal(ids[..2].Order(), tasks.Where(task => task.Partition == "tasks_first").Select(task => task.Id).Order());
        Assert.StartsWith("tasks_p", tasks.Single(task => task.Id == ids[2]).Partition, StringComparison.Ordinal);
        await using var twice = source.CreateCommand($"INSERT INTO tasks (id, kind) VALUES ('{ids[0]}', 'T')");
        Assert.Equal("tasks_first_pkey", (await Assert.ThrowsAsync<PostgresException>(() => twice.ExecuteNonQueryAsync())).ConstraintName);
    }
}
