using Npgsql;

namespace Messaging.EndToEnd.Tests.Migrations;

/// <summary>Replicas that migrate when they start do so at once.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task Several_processes_migrate_at_once_and_leave_nothing_behind()
    {
        await using var database = await Servers.CreateDatabaseAsync();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var settings = new Dictionary<string, string>
        {
            ["Database__Host"] = server.Host!,
            ["Database__Port"] = $"{server.Port}",
            ["Database__Name"] = database.Name,
            ["Database__Username"] = server.Username!,
            ["Database__Password"] = server.Password ?? "none",
            ["Database__Schema"] = "mq",
            ["Database__TablePrefix"] = "x_",
        };

        for (var round = 1; round <= 2; round++) // an empty database, and a migrated one
        {
            var all = Enumerable.Range(0, 3).Select(_ => AppProcess.Start("Api", settings, "--migrate")).ToList();
            foreach (var process in all)
            {
                Assert.True(await process.ExitAsync() == 0, process.Output);
                await process.DisposeAsync();
            }
        }

        Assert.Equal(1, await CountAsync(database, "mq.x_schema_versions WHERE scriptname LIKE '%.0001-outbox.sql'"));
        Assert.Equal(1, await CountAsync(database, "public.schema_versions WHERE scriptname LIKE '%.0001-users.sql'"));
        await Eventually.True(
            async () => await CountAsync(database, "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'") == 0,
            "the server has ended their sessions");
        Assert.Equal(0, await CountAsync(database, "pg_class WHERE relname IN ('tasks', 'outbox')"));
    }

    private static async Task<long> CountAsync(TestDatabase database, string from)
    {
        await using var source = NpgsqlDataSource.Create($"{database.ConnectionString};Pooling=false");
        await using var command = source.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
