using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A role that may read and write rows, and change no table. All suites over PostgreSQL run as one; here is what it may not.</summary>
public sealed class LeastPrivilegeTests : IAsyncLifetime
{
    private TestDatabase? _database;
    private NpgsqlDataSource? _owner;
    private NpgsqlDataSource? _app;

    private NpgsqlDataSource Owner => _owner!;

    private StoreSeams Store => PostgresStore.Over(_app!, TableNames.Postgres(), TimeSpan.FromSeconds(60));

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        await new PostgresMigrator(_database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);
        _owner = NpgsqlDataSource.Create(_database.Outside);
        _app = NpgsqlDataSource.Create(_database.Restricted);
        await _database.RestrictAsync("messaging");
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) // null when the test was skipped
        {
            await _app.DisposeAsync();
            await Owner.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_least_privileges_stage_claim_and_clean_up()
    {
        var message = Work.Message() with { TaskKind = "T" };
        await Store.Commits.CommitAsync([Work.With(message)], lockWait: null, default);
        await using (var claim = await Store.Outbox.ClaimAsync(10, settlements: null, default))
        {
            await claim.CompleteAsync([], [], default);
        }

        await Store.Health.PingAsync(default);
        await Store.Retention.CleanUpAsync(RetentionAt(DateTimeOffset.UtcNow), default);
        Assert.Equal(1, await CountAsync("tasks"));
    }

    [Fact]
    public async Task The_clean_up_creates_and_drops_partitions_with_least_privileges()
    {
        var (done, queued) = (Work.Message() with { TaskKind = "T" }, Work.Message() with { TaskKind = "T" });
        await Store.Commits.CommitAsync([Work.With(done), Work.With(queued)], lockWait: null, default);
        await Store.Commits.CommitAsync([Work.With(new TaskOutcome(done.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow))], lockWait: null, default);
        var later = DateTimeOffset.UtcNow.AddDays(9);

        Assert.DoesNotContain(await Store.Retention.MaintainPartitionsAsync(RetentionAt(DateTimeOffset.UtcNow), DateTimeOffset.UtcNow, default), c => c.Action != PartitionAction.Created);
        var changes = await Store.Retention.MaintainPartitionsAsync(RetentionAt(later), later, default);

        Assert.Contains(changes, c => c is { Partition: "tasks_first", Action: PartitionAction.Dropped } or { Action: PartitionAction.Dropped, Rows: 1 });
        Assert.Equal(1, await CountAsync("tasks"));
        Assert.Equal(1, await CountAsync($"tasks WHERE id = '{queued.MessageId}'"));
        await Store.Commits.CommitAsync([Work.With(Work.Message() with { TaskKind = "T", MessageId = Guid.CreateVersion7(later) })], lockWait: null, default);
    }

    [Fact]
    public async Task The_least_privileges_read_the_figures_and_count_the_rows()
    {
        await Store.Commits.CommitAsync([Work.With(Work.Message() with { TaskKind = "T" })], lockWait: null, default);
        var now = DateTimeOffset.UtcNow;

        var off = await Store.Figures.CountRowsAsync(default);

        Assert.All(off, difference => Assert.Equal(0, difference));
        Assert.Contains((await Store.Figures.ReadAsync(new FigureTurn(Guid.NewGuid(), Exports: true, TimeSpan.FromSeconds(1), off, now, now), default))!, f => f is { Name: FigureSql.Accepted, Amount: 1 });
    }

    [Theory]
    [InlineData("ALTER TABLE messaging.tasks ADD COLUMN mine int")]
    [InlineData("DROP TABLE messaging.tasks_low")]
    [InlineData("CREATE TABLE messaging.mine (id int)")]
    [InlineData("CREATE INDEX ON messaging.tasks (kind)")]
    [InlineData("TRUNCATE messaging.tasks")]
    [InlineData("SELECT messaging.drop_partition('tasks', 'tasks_low', now())")]
    [InlineData("SELECT messaging.drop_partition('tasks', 'audit', now())")]
    [InlineData("SELECT messaging.drop_partition('audit', 'audit', now())")]
    [InlineData("SELECT messaging.drop_partition('tasks', 'inbox_first', now())")]
    [InlineData("SELECT messaging.create_partition('audit', gen_random_uuid(), gen_random_uuid(), now())")]
    [InlineData("SELECT messaging.create_partition('tasks_default; DROP TABLE messaging.tasks; --', gen_random_uuid(), gen_random_uuid(), now())")]
    public async Task The_least_privileges_change_no_table(string sql)
    {
        await using var command = _app!.CreateCommand(sql);

        Assert.Contains((await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState, (string[])["42501", "22023", "20000"]);
    }

    /// <summary>What a role without default privileges has after a script that adds a table.</summary>
    [Fact]
    public async Task Health_names_the_tables_that_are_closed()
    {
        await ExecuteAsync($"REVOKE ALL ON messaging.task_keys, messaging.task_payloads FROM {_database!.Role}");

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Store.Health.PingAsync(default));

        Assert.Contains("task_keys, task_payloads: grant it", PostgresErrors.Describe(error.InnerException ?? error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_deleted_without_the_right_to_call_the_functions()
    {
        await ExecuteAsync($"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA messaging FROM {_database!.Role}");

        Assert.Contains("grant it", PostgresErrors.Describe(await Assert.ThrowsAsync<PostgresException>(
            () => Store.Retention.MaintainPartitionsAsync(RetentionAt(DateTimeOffset.UtcNow), DateTimeOffset.UtcNow, default))), StringComparison.Ordinal);
        await Store.Retention.CleanUpAsync(RetentionAt(DateTimeOffset.UtcNow), default);
    }

    private static Retention RetentionAt(DateTimeOffset now)
    {
        var week = now.AddDays(-7);
        return new Retention(week, week, week, week, week, week, week);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string from)
    {
        await using var command = Owner.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
