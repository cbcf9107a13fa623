using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What is kept of messages goes where their tasks go: into the same partitions, and away with them.</summary>
public sealed class PostgresContentPartitionTests : OutboxStoreSuite
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task Its_partitions_are_those_of_tasks()
    {
        await MaintainAsync(Now.AddDays(1));

        foreach (var table in new[] { "task_payloads", "task_keys" })
        {
            Assert.Equal(0, await UnderTest.CountAsync(
                $"""
                (SELECT replace(c.relname, 'x_tasks', ''), pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = '{UnderTest.NameOf("tasks")}'::regclass
                 EXCEPT SELECT replace(c.relname, 'x_{table}', ''), pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = '{UnderTest.NameOf(table)}'::regclass) AS r
                """));
        }
    }

    [Fact]
    public async Task What_waits_for_a_partition_moves_into_it()
    {
        var id = await AddAsync(Now.AddDays(10.5));
        Assert.EndsWith("task_payloads_default", await PartitionOfAsync("task_payloads", id), StringComparison.Ordinal);

        await MaintainAsync(Now.AddDays(10));

        Assert.Contains("task_payloads_p", await PartitionOfAsync("task_payloads", id), StringComparison.Ordinal);
        Assert.Contains("task_keys_p", await PartitionOfAsync("task_keys", id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_dropped_partition_content_stays_with_its_task()
    {
        var (done, failed, queued) = (await AddAsync(Now), await AddAsync(Now), await AddAsync(Now));
        await CommitAsync(
            Work.With(new TaskOutcome(done, TaskState.Succeeded, 1, Now)), Work.With(new TaskOutcome(failed, TaskState.Failed, 1, Now)));

        await MaintainAsync(Now.AddDays(9));

        foreach (var table in new[] { "task_payloads", "task_keys" })
        {
            Assert.Equal(2, await UnderTest.CountAsync(table));
            Assert.Equal(2, await UnderTest.CountAsync($"{UnderTest.NameOf(table)}_default", $"task_id IN ('{failed}', '{queued}')"));
        }
    }

    private Task<IReadOnlyList<PartitionChange>> MaintainAsync(DateTimeOffset now) => Store.Retention.MaintainPartitionsAsync(
        new Retention(now - Week, now - Week, now - Week, now - Week, now - Week, now - Week, now - Week), now, default);

    private async Task<Guid> AddAsync(DateTimeOffset at)
    {
        var message = Work.Message() with
        {
            MessageId = Guid.CreateVersion7(at),
            TaskKind = "T",
            Kept = new Lazy<TaskContent?>(new TaskContent(new StagedPayload("T", Address: null, Bytes: 2, Redacted: null, Message: "{}"u8.ToArray()), [new TaskKey("k", "v")])),
        };
        await CommitAsync(Work.With(message));
        return message.MessageId;
    }

    private async Task<string> PartitionOfAsync(string table, Guid id) =>
        (await UnderTest.Own.QueryAsync($"SELECT tableoid::regclass::text FROM messaging.{table} WHERE task_id = $1", [id], reader => reader.GetString(0))).Single();
}
