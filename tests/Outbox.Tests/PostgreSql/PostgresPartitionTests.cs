using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>Partitions of tasks and inbox: created ahead, dropped with what is past its retention, and never with a row that has to stay.</summary>
public sealed class PostgresPartitionTests : IAsyncLifetime
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private TestDatabase? _database;
    private NpgsqlDataSource? _source;
    private StoreSeams? _store;

    private StoreSeams Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        await new PostgresMigrator(_database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);
        _source = NpgsqlDataSource.Create(_database.Outside);
        _store = PostgresStore.Over(_source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) // null when the test was skipped
        {
            await _source.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    [Fact]
    public async Task There_are_partitions_for_the_days_to_come()
    {
        var now = DateTimeOffset.UtcNow; // the other one may be of the day before
        Assert.DoesNotContain(await MaintainAsync(now), change => change.Action != PartitionAction.Created);
        Assert.Empty(await MaintainAsync(now));

        for (var day = 0; day <= 2; day++)
        {
            var (task, key) = await AddAsync(now.AddDays(day)); // the first partition ends at the migration
            Assert.StartsWith("tasks_p", await PartitionOfAsync("tasks", "id", task), StringComparison.Ordinal);
            Assert.StartsWith("inbox_p", await PartitionOfAsync("inbox", "message_id", key), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_row_without_its_partition_is_kept_and_moved_later()
    {
        var (task, key) = await AddAsync(Now.AddDays(10.5));
        Assert.Equal("tasks_default", await PartitionOfAsync("tasks", "id", task));
        Assert.Equal("inbox_default", await PartitionOfAsync("inbox", "message_id", key));

        await MaintainAsync(Now.AddDays(10));

        Assert.StartsWith("tasks_p", await PartitionOfAsync("tasks", "id", task), StringComparison.Ordinal);
        Assert.StartsWith("inbox_p", await PartitionOfAsync("inbox", "message_id", key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_dropped_partition_open_and_late_rows_stay()
    {
        var (done, _) = await AddAsync(Now);
        var (failed, _) = await AddAsync(Now);
        var (queued, _) = await AddAsync(Now);
        var (late, _) = await AddAsync(Now);
        await EndAsync(done, TaskState.Succeeded, Now);
        await EndAsync(failed, TaskState.Failed, Now);
        await EndAsync(late, TaskState.Succeeded, Now.AddDays(5));

        var changes = await MaintainAsync(Now.AddDays(9));

        Assert.Equal(3, changes.Where(c => c.Partition.StartsWith("tasks", StringComparison.Ordinal) && c.Action == PartitionAction.Dropped).Sum(c => c.Rows));
        Assert.Equal(0, await CountAsync($"tasks WHERE id = '{done}'"));
        Assert.Equal(3, await CountAsync($"tasks_default WHERE id IN ('{failed}', '{queued}', '{late}')"));
        await Store.Commits.CommitAsync([Work.With(new TaskOutcome(queued, TaskState.Succeeded, 1, Now))], lockWait: null, default);
        Assert.Equal(1, await CountAsync($"tasks WHERE id = '{queued}' AND state = 3"));
    }

    [Fact]
    public async Task A_message_that_was_consumed_late_is_still_known()
    {
        var (_, onTime) = await AddAsync(Now);
        var (_, late) = await AddAsync(Now);
        await ExecuteAsync($"UPDATE inbox SET consumed_at = now() + interval '5 days' WHERE message_id = '{late}'");

        await MaintainAsync(Now.AddDays(9));

        var done = await Store.Inbox.FindDoneAsync([new InboxKey(onTime, Consumer), new InboxKey(late, Consumer)], [], default);
        Assert.Equal(late, Assert.Single(done.Consumed).MessageId);
    }

    [Fact]
    public async Task A_partition_with_many_live_rows_is_kept()
    {
        var (id, _) = await AddAsync(Now);
        await ExecuteAsync(
            $"INSERT INTO tasks (id, kind) SELECT ('{id.ToString()[..19]}' || substr(gen_random_uuid()::text, 20))::uuid, 'T' FROM generate_series(1, 10001)");

        var kept = Assert.Single(await MaintainAsync(Now.AddDays(9)), change => change.Action == PartitionAction.Kept);
        await ExecuteAsync("UPDATE tasks SET state = 3, finished_at = now()");

        Assert.Equal(10_001, kept.Rows);
        Assert.Contains(new PartitionChange(kept.Partition, PartitionAction.Dropped), await MaintainAsync(Now.AddDays(9)));
        Assert.Equal(0, await CountAsync("tasks"));
    }

    [Fact]
    public async Task A_locked_table_is_not_waited_for()
    {
        await AddAsync(Now);
        await using (var holder = await _source!.OpenConnectionAsync())
        {
            await using var transaction = await holder.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("INSERT INTO tasks (id, kind) VALUES (gen_random_uuid(), 'T'); DELETE FROM inbox WHERE message_id IS NULL", holder);
            await command.ExecuteNonQueryAsync();

            var changes = await MaintainAsync(Now.AddDays(9));

            Assert.Contains(changes, change => change.Action == PartitionAction.Postponed);
            Assert.DoesNotContain(changes, change => change.Action == PartitionAction.Dropped);
        }

        Assert.Contains(await MaintainAsync(Now.AddDays(9)), change => change.Action == PartitionAction.Dropped);
    }

    [Fact]
    public async Task An_index_that_was_not_finished_is_built_again()
    {
        var (done, _) = await AddAsync(Now);
        await EndAsync(done, TaskState.Succeeded, Now);
        var partition = await PartitionOfAsync("tasks", "id", done);
        await ExecuteAsync($"CREATE INDEX {partition}_stays ON {partition} (id) WHERE state <> 3");
        await ExecuteAsync($"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{partition}_stays'::regclass");

        Assert.Contains(new PartitionChange(partition, PartitionAction.Dropped), await MaintainAsync(Now.AddDays(9)));
    }

    [Fact]
    public async Task One_process_at_a_time_cleans_up()
    {
        await using (var turn = await Store.Retention.TakeTurnToCleanUpAsync(default))
        {
            Assert.NotNull(turn);
            Assert.Null(await Store.Retention.TakeTurnToCleanUpAsync(default));
        }

        await using var next = await Store.Retention.TakeTurnToCleanUpAsync(default);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Outboxes_in_two_schemas_clean_up_at_once()
    {
        var other = PostgresStore.Over(_source!, TableNames.Postgres("other"), TimeSpan.FromSeconds(60));
        await using var turn = await Store.Retention.TakeTurnToCleanUpAsync(default);

        await using var theirs = await other.Retention.TakeTurnToCleanUpAsync(default);

        Assert.NotNull(turn);
        Assert.NotNull(theirs);
    }

    [Fact]
    public async Task Rows_of_no_partition_are_deleted_when_they_are_past_their_retention()
    {
        var (task, key) = (new Guid("f0000000-0000-4000-8000-000000000001"), new Guid("00020000-ac11-0242-8000-000000000002"));
        await ExecuteAsync($"INSERT INTO tasks (id, kind) VALUES ('{task}', 'T'); INSERT INTO inbox (message_id, consumer_id) VALUES ('{key}', '{Consumer}')");
        await EndAsync(task, TaskState.Succeeded, Now);

        Assert.Equal(0, await Store.Retention.CleanUpAsync(RetentionAt(Now.AddDays(6)), default));
        Assert.Equal(2, await Store.Retention.CleanUpAsync(RetentionAt(Now.AddDays(8)), default));
        Assert.Equal(0, await CountAsync("tasks") + await CountAsync("inbox"));
    }

    private static Guid Consumer { get; } = Guid.NewGuid();

    private static Retention RetentionAt(DateTimeOffset now) => new(now - Week, now - Week, now - Week, now - Week, now - Week, now - Week, now - Week);

    private Task<IReadOnlyList<PartitionChange>> MaintainAsync(DateTimeOffset now) => Store.Retention.MaintainPartitionsAsync(RetentionAt(now), now, default);

    private async Task<(Guid Task, Guid Key)> AddAsync(DateTimeOffset at)
    {
        var message = Work.Message() with { MessageId = Guid.CreateVersion7(at), TaskKind = "T" };
        var work = Work.With(message);
        work.InboxKeys.Add(new InboxKey(Guid.CreateVersion7(at), Consumer));
        await Store.Commits.CommitAsync([work], lockWait: null, default);
        return (message.MessageId, work.InboxKeys[0].MessageId);
    }

    private Task EndAsync(Guid id, TaskState state, DateTimeOffset at) =>
        ExecuteAsync($"UPDATE tasks SET state = {(int)state}, finished_at = '{at.UtcDateTime:O}' WHERE id = '{id}'");

    private async Task<string> PartitionOfAsync(string table, string key, Guid id)
    {
        await using var command = _source!.CreateCommand($"SELECT tableoid::regclass::text FROM {table} WHERE {key} = '{id}'");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string from)
    {
        await using var command = _source!.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
