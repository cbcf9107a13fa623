using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>Connections from before a failover, several hosts, poolers: errors that belong to the connection and not to the work.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        await new PostgresMigrator(Database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await ScalarAsync("CREATE TABLE things (name text NOT NULL PRIMARY KEY)");
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) // null when the test was skipped
        {
            await _database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Work_on_read_only_connections_is_done_on_new_ones()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        await MakeReadOnlyAsync(source, connections: 10);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.Commits.CommitAsync([new StagedWork().Insert($"{i}")], lockWait: null, default)));
        await store.Health.PingAsync(default);

        Assert.Equal(10L, await ScalarAsync("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task Work_that_decides_in_between_is_done_on_a_new_connection_too()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        await MakeReadOnlyAsync(source, connections: 3);
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT DO NOTHING", "a");
        work.Add(Work.Message().If(insert.Affected));
        work.InboxKeys.Add(Work.Key());

        Assert.True(Assert.Single(await store.Commits.CommitAsync([work], lockWait: null, default)));

        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task A_transaction_on_a_read_only_connection_fails_once()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        await MakeReadOnlyAsync(source, connections: 10);

        await Assert.ThrowsAsync<StoreUnavailableException>(BeginAndInsertAsync);
        await BeginAndInsertAsync();

        async Task BeginAndInsertAsync()
        {
            await using var transaction = await store.Commits.BeginAsync(default);
            Assert.True(await transaction.CommitAsync(new StagedWork().Insert("a"), default));
        }
    }

    [Fact]
    public async Task Connections_that_an_administrator_ended_are_replaced()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        await OccupyAsync(source, 5);
        await ScalarAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => store.Commits.CommitAsync([new StagedWork().Insert($"{i}")], lockWait: null, default)));

        Assert.Equal(5L, await ScalarAsync("SELECT count(*) FROM things"));
    }

    [Fact]
    public async Task A_read_only_database_is_reported_as_not_ready()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        await ScalarAsync($"ALTER DATABASE {Database.Name} SET default_transaction_read_only = on");

        Assert.Equal((HealthStatus.Unhealthy, PostgresErrors.ReadOnly), await HealthAsync(source));
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60))
            .Commits.CommitAsync([new StagedWork().Insert("a")], lockWait: null, default));
        Assert.Equal(PostgresErrors.ReadOnly, refused.Message);
    }

    [Theory]
    [InlineData("Port=1", "The database cannot be reached: the connection was refused.")]
    [InlineData("Host=127.0.0.1,127.0.0.2;Port=1", "None of the 2 database hosts can be used: The database cannot be reached: the connection was refused.")]
    [InlineData("Host=no.such.host.invalid", "The host name of the database cannot be resolved.")]
    [InlineData("Database=no_such_database", "The database of the connection string does not exist on the server (3D000).")]
    [InlineData("Username=nobody", "The database refuses the user or its password (28000).")]
    [InlineData("Database=postgres", "The outbox's tables are missing or too old for this version: run the migration (42P01).")]
    public async Task Health_reports_what_is_wrong(string changed, string expected)
    {
        await using var source = NpgsqlDataSource.Create($"{Database.ConnectionString};{changed}");

        Assert.Equal((HealthStatus.Unhealthy, expected), await HealthAsync(source));
    }

    [Fact]
    public async Task Health_names_the_right_that_is_missing()
    {
        var role = $"reader_{Guid.NewGuid():N}";
        await ScalarAsync($"CREATE ROLE {role} LOGIN");
        await using (var source = NpgsqlDataSource.Create($"{Database.ConnectionString};Username={role}"))
        {
            Assert.Contains("grant it", (await HealthAsync(source)).Description, StringComparison.Ordinal);
        }

        await ScalarAsync($"DROP ROLE {role}");
    }

    [Fact]
    public async Task Of_several_hosts_the_writable_one_is_used()
    {
        var server = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        await using var provider = Provider($"{Database.ConnectionString};Host=127.0.0.1:1,{server.Host}:{server.Port}");

        var settings = new NpgsqlConnectionStringBuilder(provider.GetRequiredService<PostgresDatabase>().Source.ConnectionString);
        Assert.Equal(("read-write", 1), (settings.TargetSessionAttributes, settings.HostRecheckSeconds));
        await provider.GetRequiredService<ICommitStore>().CommitAsync([new StagedWork().Insert("a")], lockWait: null, default);
    }

    [Fact]
    public async Task An_undeclared_pooler_is_named_by_the_error()
    {
        await using var provider = Provider(PgBouncerUnderTest.ThroughPgBouncer(Database));
        var store = provider.GetRequiredService<StoreSeams>();

        var errors = new List<string>();
        await Eventually.True(
            async () =>
            {
                var lookUps = Enumerable.Range(0, 20).Select(_ => store.Inbox.FindDoneAsync([Work.Key()], [], default)).ToList();
                await Task.WhenAll(lookUps).ContinueWith(_ => { }, TaskScheduler.Default);
                errors.AddRange(lookUps.Where(l => l.IsFaulted).Select(l => l.Exception!.InnerException!.Message));
                return errors.Count > 0;
            },
            "a prepared statement is missing");

        Assert.All(errors, error => Assert.Equal(PostgresErrors.Pooler, error));
    }

    [Fact]
    public async Task A_full_disk_is_unhealthy_until_a_write_succeeds()
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        await ScalarAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE TRIGGER refuse BEFORE INSERT ON sent_messages FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await store.Health.PingAsync(default);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Commits.CommitAsync([new StagedWork().Insert("a")], lockWait: null, default));
        var full = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Health.PingAsync(default));
        await ScalarAsync("DROP TRIGGER refuse ON sent_messages");
        await store.Health.PingAsync(default);

        Assert.Equal("The database's disk is full (53100).", full.Message);
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM sent_messages"));
    }

    private static ServiceProvider Provider(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        services.AddOptions();
        new OutboxBuilder(services).UsePostgreSql(connectionString);
        return services.BuildServiceProvider();
    }

    private static async Task<(HealthStatus Status, string? Description)> HealthAsync(NpgsqlDataSource source)
    {
        var result = await new StoreHealthCheck(PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60)).Health).CheckHealthAsync(new HealthCheckContext());
        return (result.Status, result.Description);
    }

    /// <summary>The pool has sessions that were begun while the database was read-only; by now it is not.</summary>
    private async Task MakeReadOnlyAsync(NpgsqlDataSource source, int connections)
    {
        await ScalarAsync($"ALTER DATABASE {Database.Name} SET default_transaction_read_only = on");
        await OccupyAsync(source, connections);
        await ScalarAsync($"ALTER DATABASE {Database.Name} RESET default_transaction_read_only");
    }

    private static async Task OccupyAsync(NpgsqlDataSource source, int connections)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => source.OpenConnectionAsync().AsTask()));
        foreach (var connection in open)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.Outside)
        {
            Pooling = false,
            Options = "-c default_transaction_read_only=off",
        }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
