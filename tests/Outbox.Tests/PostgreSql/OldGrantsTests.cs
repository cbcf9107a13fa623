using System.Data.Common;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A release whose new tables were made by another role, without its grants.</summary>
public sealed class OldGrantsTests : StoreSuite
{
    protected override async Task<StoreUnderTest> CreateAsync() => await OldGrants.CreateAsync();

    [Fact]
    public async Task A_role_without_rights_on_the_new_tables_consumes()
    {
        await using var pipeline = await StartAsync();

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        await Eventually.True(() => pipeline.Logs.Lines.Any(l => l.Contains("/workers", StringComparison.Ordinal)), "it is logged");
        Assert.Equal(0, await UnderTest.CountAsync("messaging.processes"));
    }

    [Fact]
    public async Task A_role_without_rights_on_the_new_tables_applies_settings()
    {
        await using var pipeline = await StartAsync();
        await Eventually.True(async () => await UnderTest.CountAsync("messaging.queues", "name = 'greet'") == 1, "it has reported");

        await UnderTest.ExecuteAsync("UPDATE messaging.queues SET concurrency = 3 WHERE name = 'greet'");

        await Eventually.True(() => pipeline.Services.GetRequiredService<QueueEndpoints>().Find("greet")!.Concurrency == 3, "it is applied");
    }

    [Fact]
    public async Task Missing_rights_are_one_warning_each()
    {
        await using var pipeline = await StartAsync();
        var later = await UnderTest.Store.Time.NowAsync(default) + TimeSpan.FromSeconds(1);

        await Eventually.True(async () => await UnderTest.CountAsync("messaging.queue_workers", $"seen_at > timestamptz '{later:O}'") > 0, "it has reported many times");

        Assert.Single(pipeline.Logs.Lines, l => l.Contains("This process cannot report itself", StringComparison.Ordinal));
        Assert.Single(pipeline.Logs.Lines, l => l.Contains("whether there is a reporter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_row_of_the_reporter_hides_no_queue()
    {
        await UnderTest.ExecuteAsync($"GRANT ALL ON ALL TABLES IN SCHEMA messaging TO PUBLIC; DELETE FROM messaging.reporter");
        await using var pipeline = await StartAsync();

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);
    }

    private Task<PipelineUnderTest> StartAsync() =>
        PipelineUnderTest.StartAsync(UnderTest, configure: o => o.QueueReportInterval = o.QueueSettingsInterval = TimeSpan.FromMilliseconds(100));

    private sealed class OldGrants(TestDatabase database) : StoreUnderTest
    {
        private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(database.Outside);
        private NpgsqlDataSource? _app;

        internal override StoreSeams Store => field ??= PostgresStore.Over(_app ??= NpgsqlDataSource.Create(database.Restricted), TableNames.Postgres(), TimeSpan.FromSeconds(60));

        protected override string HoldSql => throw new NotSupportedException();

        public static async Task<OldGrants> CreateAsync()
        {
            var store = new OldGrants(await Servers.CreateDatabaseAsync());
            await store.PrepareAsync();
            return store;
        }

        public override void Use(OutboxBuilder builder) => builder.UsePostgreSql(database.Restricted);

        public override async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.DisposeAsync();
            }

            await _owner.DisposeAsync();
            await database.DisposeAsync();
        }

        public override async Task<DbConnection> OpenAsync() => await _owner.OpenConnectionAsync();

        private async Task PrepareAsync()
        {
            await new PostgresMigrator(database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);
            await database.RestrictAsync("messaging");
            await ExecuteAsync($"REVOKE ALL ON messaging.processes, messaging.reporter, messaging.task_deltas, messaging.task_counts, messaging.task_totals FROM {database.Role}");
        }
    }
}
