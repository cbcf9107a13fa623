using System.Text;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Payloads;

public sealed class SqliteTaskContentStoreTests : TaskContentStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskContentStoreTests : TaskContentStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

public sealed class PgBouncerTaskContentStoreTests : TaskContentStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

/// <summary>What is stored beside a task, found by a key, and deleted with the task.</summary>
public abstract class TaskContentStoreTests : OutboxStoreSuite
{
    [Fact]
    public async Task A_task_without_content_writes_no_row_beside_it()
    {
        await QueueTaskAsync();

        Assert.Equal(0, await UnderTest.CountAsync("task_payloads") + await UnderTest.CountAsync("task_keys"));
    }

    [Fact]
    public async Task Content_of_a_group_is_written_with_its_tasks()
    {
        var with = Message("42");

        await CommitAsync(Work.With(with), Work.With(Work.Message() with { TaskKind = "T" }), Work.With(Message("43")));

        Assert.Equal(2, await UnderTest.CountAsync("task_payloads"));
        Assert.Equal(1, await UnderTest.CountAsync("task_payloads", $"lower(CAST(task_id AS text)) = '{with.MessageId}' AND type = 'Order' AND bytes = 8 AND message = '{{\"a\":42}}'"));
        Assert.Equal(1, await UnderTest.CountAsync("task_keys", $"lower(CAST(task_id AS text)) = '{with.MessageId}' AND name = 'order' AND value = '42'"));
    }

    [Fact]
    public async Task Content_of_a_duplicate_is_not_written()
    {
        var key = Work.Key();
        await CommitAsync(Work.With(key));
        var again = Work.With(key);
        again.Add(Message("42"));

        await CommitAsync(again);

        Assert.Equal(0, await UnderTest.CountAsync("task_payloads") + await UnderTest.CountAsync("task_keys"));
    }

    [Fact]
    public async Task A_key_finds_its_tasks_newest_first_and_by_pages()
    {
        var (tasks, now) = (new List<Guid>(), DateTimeOffset.UtcNow);
        for (var i = 0; i < 5; i++)
        {
            var message = Message("42", at: now.AddSeconds(-i));
            tasks.Add(message.MessageId);
            await CommitAsync(Work.With(message), Work.With(Message("4")), Work.With(Message("42", name: "other")));
        }

        var first = await FindAsync(new TaskQuery { Key = new TaskKey("order", "42"), Limit = 3 });
        var second = await FindAsync(new TaskQuery { Key = new TaskKey("order", "42"), Limit = 3, After = first.Next });

        Assert.Equal(tasks, [.. first.Items.Concat(second.Items).Select(t => t.Id)]);
        Assert.Null(second.Next);
        Assert.Empty((await FindAsync(new TaskQuery { Key = new TaskKey("order", "4' OR '1'='1") })).Items);
    }

    [Fact]
    public async Task Other_conditions_hold_for_tasks_that_a_key_finds()
    {
        var (failed, queued) = (Message("42"), Message("42"));
        await CommitAsync(Work.With(failed), Work.With(queued));
        await CommitAsync(Work.With(new TaskOutcome(failed.MessageId, TaskState.Failed, 1, DateTimeOffset.UtcNow)));

        var found = await FindAsync(new TaskQuery { Key = new TaskKey("order", "42"), States = [TaskState.Failed] });

        Assert.Equal(failed.MessageId, Assert.Single(found.Items).Id);
    }

    [Fact]
    public async Task A_page_reads_a_bounded_number_of_tasks_with_a_key()
    {
        var now = DateTimeOffset.UtcNow;
        var group = Enumerable.Range(0, 2_100).Select(i => Message("42", at: now.AddSeconds(-i))).ToList();
        await CommitAsync([.. group.Select(Work.With)]);
        await CommitAsync(Work.With(new TaskOutcome(group[^1].MessageId, TaskState.Failed, 1, DateTimeOffset.UtcNow)));
        var query = new TaskQuery { Key = new TaskKey("order", "42"), States = [TaskState.Failed] };

        var first = await FindAsync(query);
        var second = await FindAsync(query with { After = first.Next });

        Assert.Empty(first.Items);
        Assert.Equal(group[1_999].MessageId, first.Next);
        Assert.Equal(group[^1].MessageId, Assert.Single(second.Items).Id);
    }

    [Theory]
    [InlineData(TaskState.Succeeded)]
    [InlineData(TaskState.Failed)]
    public async Task Content_is_deleted_with_its_task(TaskState state)
    {
        var (gone, stays) = (Message("42"), Message("43"));
        gone = gone with { MessageId = new Guid("f0000000-0000-4000-8000-000000000001") }; // of no partition
        await CommitAsync(Work.With(gone), Work.With(stays));
        await CommitAsync(Work.With(new TaskOutcome(gone.MessageId, state, 1, DateTimeOffset.UtcNow)));
        var after = DateTimeOffset.UtcNow.AddHours(1);

        await CleanUpAsync(new Retention(after, after, after, after, after, after, after));

        Assert.Equal(0, await UnderTest.CountAsync("tasks", "kind = '42'"));
        Assert.Equal(1, await UnderTest.CountAsync("task_payloads"));
        Assert.Equal(1, await UnderTest.CountAsync("task_keys", "value = '43'"));
        Assert.Equal(1, await UnderTest.CountAsync("task_keys"));
    }

    private async Task CleanUpAsync(Retention retention)
    {
        await Store.Retention.CleanUpAsync(retention, default);
        await using var transaction = await Store.Commits.BeginAsync(default);
        foreach (var (sql, parameters) in Messaging.Outbox.Store.RetentionSql.Statements(retention, DateTimeOffset.UtcNow, UnderTest.Store.Dialect))
        {
            await transaction.Own.ExecuteAsync(sql, default, parameters);
        }

        await transaction.CommitAsync(new StagedWork(), default);
    }

    private Task<Page<TaskRecord>> FindAsync(TaskQuery query) => TaskSearch.PageAsync(UnderTest.Own, query, default);

    private static StagedMessage Message(string value, string name = "order", DateTimeOffset? at = null) => Work.Message() with
    {
        MessageId = Guid.CreateVersion7(at ?? DateTimeOffset.UtcNow),
        TaskKind = value,
        Kept = new Lazy<TaskContent?>(new TaskContent(
            new StagedPayload("Order", Address: null, Bytes: 8, Redacted: null, Message: Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")), [new TaskKey(name, value)])),
    };
}
