using Messaging.Outbox.Audit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Reasons;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkAuditTests : BulkAuditTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkAuditTests : BulkAuditTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Who did an act on many can be found for each of them, and the log has nothing personal of the filter.</summary>
public abstract class BulkAuditTests : StoreSuite
{
    private static readonly BulkOrder CancelMany = BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" });

    [Fact]
    public async Task Who_cancelled_many_at_once_is_found_for_each()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, 3);
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(CancelMany);
        var task = (await FindAsync(ids[0]))!;
        await WriteAsync(AuditSql.Entry(task.FinishedAt!.Value, "bob", "task.cancel", Guid.NewGuid().ToString())); // in the same millisecond, with an id that may be less

        Assert.Equal(["ann", "ann", "ann"], await WhoAsync(ids));
    }

    [Fact]
    public async Task Who_cancelled_many_by_steps_is_found_for_each()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, 1_001);
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(CancelMany);
        await process.RunAsync(await process.TakeAsync());

        Assert.Equal(["ann", "ann"], await WhoAsync([ids[0], ids[^1]]));
        var other = await ManyTasks.AddAsync(UnderTest, 1, "Other", TaskState.Cancelled);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET finished_at = (SELECT max(finished_at) FROM {UnderTest.NameOf("tasks")}) WHERE kind = 'Other'");
        Assert.Equal([null], await WhoAsync(other)); // of the same millisecond, but not of the action
    }

    [Fact]
    public async Task Who_dropped_many_dead_letters_is_found_for_their_tasks()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, 2, state: TaskState.Failed);
        await using (var transaction = await UnderTest.Store.Commits.BeginAsync(default))
        {
            foreach (var id in ids)
            {
                await transaction.Own.ExecuteAsync(DeadLetterSql.Insert, default, DeadLetterSql.Parameters(LetterOf(id)));
            }

            await transaction.CommitAsync(new StagedWork(), default);
        }

        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(BulkOrder.Of(BulkActionKind.Drop, new DeadLetterQuery { Queue = "mail" }));

        Assert.Equal(["ann", "ann"], await WhoAsync(ids));
    }

    [Fact]
    public async Task A_task_with_too_many_successors_is_skipped_with_the_reason()
    {
        await ManyTasks.AddAsync(UnderTest, 2);
        await ManyTasks.AddAsync(UnderTest, TaskLinksSql.MaxFollowing + 1, "Follows", TaskState.Waiting);
        var tasks = UnderTest.NameOf("tasks");
        await UnderTest.ExecuteAsync(
            $"""
            INSERT INTO {UnderTest.NameOf("task_links")} (predecessor, successor)
            SELECT p.id, s.id FROM (SELECT id FROM {tasks} WHERE kind = 'Many' ORDER BY id LIMIT 1) AS p CROSS JOIN {tasks} AS s WHERE s.kind = 'Follows'
            """);
        using var process = new BulkProcess(UnderTest);

        var result = await process.AskAsync(CancelMany);

        Assert.Equal((1, 1), (result.Changed, result.Skipped));
        Assert.StartsWith("1 not cancelled, because more than 10,000 tasks come after it", result.Reason, StringComparison.Ordinal);
        Assert.Equal((1, TaskLinksSql.MaxFollowing + 1), (await UnderTest.CountAsync("tasks", "state = 5"), await UnderTest.CountAsync("tasks", "state = 6")));
    }

    [Fact]
    public async Task More_retries_than_a_step_has_are_not_done_at_once()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, BulkStepSize.Max + 1);
        using var process = new BulkProcess(UnderTest);

        var named = await process.InUnitAsync(actions => actions.RunAsync(BulkOrder.Of(BulkActionKind.Retry, new TaskQuery()), [.. ids], expected: null, "ann", default));
        var found = await process.AskAsync(BulkOrder.Of(BulkActionKind.Retry, new TaskQuery { Kind = "Many", States = [TaskState.Scheduled] }));
        var done = await process.RunAsync(await process.TakeAsync());

        Assert.Equal((201L, 201L), (named.Started!.Total, found.Started!.Total));
        Assert.Equal((named.Started.Id, BulkActionState.Done, 201L), (done!.Action.Id, done.Action.State, done.Action.Changed));
        Assert.Equal(2, await UnderTest.CountAsync("audit", "action = 'bulk-action.step'"));
    }

    [Fact]
    public async Task Errors_and_keys_of_a_filter_are_not_in_the_log()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, 1_001);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET last_error = 'no mail for ann@example.org'");
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many", Error = "ann@example.org" }));
        await process.RunAsync(await process.TakeAsync());
        var key = BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Key = new TaskKey("customer", "ann") });

        Assert.Equal(0, await UnderTest.CountAsync("audit", "details LIKE '%ann@%'"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.start' AND details LIKE '%[hidden]%' AND details LIKE '%Many%'"));
        Assert.Equal("""{"key":{"name":"customer","value":"[hidden]"}}""", AuditedFilter.Of(key.Filter)!.ToJsonString());
        Assert.Equal(ids.Count, await UnderTest.CountAsync("tasks", "state = 8"));
    }

    private static DeadLetter LetterOf(Guid task) => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMinutes(-1)),
        MessageId = task,
        TaskId = task,
        Queue = "mail",
        Reason = DeadLetterReason.Failed,
        Headers = "{}",
        Destination = "loopback://localhost/mail",
        ContentType = "application/json",
        Metadata = """{"messageTypes":[]}""",
        Body = [1],
        DeadAt = DateTimeOffset.UtcNow.AddMinutes(-1),
    };

    private async Task<TaskRecord?> FindAsync(Guid id)
    {
        using var world = new ReasonWorld(UnderTest);
        return await world.Tasks.FindAsync(id);
    }

    private async Task<IEnumerable<string?>> WhoAsync(IReadOnlyList<Guid> ids)
    {
        using var world = new ReasonWorld(UnderTest);
        var who = new List<string?>();
        foreach (var id in ids)
        {
            who.Add((await world.WhyAsync(id)).Who);
        }

        return who;
    }

    private async Task WriteAsync(AuditEntry entry)
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        await transaction.Own.ExecuteAsync(AuditSql.Insert, default, AuditSql.Parameters(entry));
        await transaction.CommitAsync(new StagedWork(), default);
    }
}
