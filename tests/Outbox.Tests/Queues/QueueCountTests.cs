using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Queues;

public sealed class SqliteQueueCountTests : QueueCountTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    protected override string Now => "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

    protected override string Hour => "3600000";

    protected override string Ids => "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(6)))";

    protected override string Numbers(int count) => $"(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)";
}

public sealed class PostgresQueueCountTests : QueueCountTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    protected override string Now => "now()";

    protected override string Hour => "interval '1 hour'";

    protected override string Ids => "gen_random_uuid()";

    protected override string Numbers(int count) => $"(SELECT generate_series(1, {count}) AS i) AS n";
}

/// <summary>How many messages of which queue, however many of another there are.</summary>
public abstract class QueueCountTests : StoreSuite
{
    private const int Many = QueueSql.ListCap + 5_000;

    protected abstract string Now { get; }

    protected abstract string Hour { get; }

    protected abstract string Ids { get; }

    protected abstract string Numbers(int count);

    [Fact]
    public async Task A_queue_is_counted_behind_the_rows_of_another()
    {
        await AddQueuesAsync();
        await AddRowsAsync("big", Many, $"{Now} - {Hour} - {Hour}");
        await AddRowsAsync("small", 7, $"{Now} - {Hour}");
        await AddRowsAsync("big", Many, $"{Now} + {Hour}");
        await AddRowsAsync("small", 3, $"{Now} + {Hour}");
        var now = await UnderTest.Store.Time.NowAsync(default);

        var due = await QueueSql.DueAsync(UnderTest.Store.Queries, name: null, "1 = 1", now, default);
        var delayed = await QueueSql.DelayedAsync(UnderTest.Store.Queries, name: null, now, default);

        Assert.Equal((7L, (long)QueueSql.ListCap), (due["small"].Count, due["big"].Count));
        Assert.Equal((3L, (long)QueueSql.ListCap), (delayed["small"].Count, delayed["big"].Count));
        Assert.InRange((now - due["small"].Oldest!.Value).TotalMinutes, 59, 119);
        Assert.InRange((now - due["big"].Oldest!.Value).TotalMinutes, 119, 179);
        Assert.Equal(Many, (await QueueSql.DueAsync(UnderTest.Store.Queries, "big", "1 = 1", now, default)).Single().Value.Count);
    }

    [Fact]
    public async Task Dead_letters_of_each_queue_have_a_bound_of_their_own()
    {
        await AddQueuesAsync();
        await AddDeadLettersAsync("big", Many);
        await AddDeadLettersAsync("small", 5);

        var dead = await QueueSql.DeadLettersAsync(UnderTest.Store.Queries, name: null, default);

        Assert.Equal((5L, (long)QueueSql.ListCap), (dead["small"].Count, dead["big"].Count));
    }

    [Fact]
    public async Task Each_figure_of_a_queue_says_whether_it_is_a_lower_bound()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("jot");
        await AddDeadLettersAsync("jot", Many);
        await AddRowsAsync("jot", 3, $"{Now} + {Hour}");
        var queues = pipeline.Services.GetRequiredService<IQueueStore>();

        var (listed, alone) = ((await queues.ListAsync()).Single(q => q.Settings.Name == "jot"), await queues.FindAsync("jot"));

        Assert.Equal((QueueSql.ListCap, true), (listed.DeadLetters, listed.DeadLettersAreCapped));
        Assert.Equal((0L, false, 3L, false), (listed.Depth, listed.DepthIsCapped, listed.Delayed, listed.DelayedIsCapped));
        Assert.Equal((Many, false), (alone!.DeadLetters, alone.DeadLettersAreCapped));
    }

    [Fact]
    public async Task A_queue_without_consumers_has_the_age_of_its_oldest_task()
    {
        var (done, open, other) = (Work.Message() with { TaskKind = "T", Queue = "small" }, Work.Message() with { TaskKind = "T", Queue = "small" }, Work.Message() with { TaskKind = "T", Queue = "big" });
        foreach (var message in (StagedMessage[])[done, open, other])
        {
            await UnderTest.Store.Commits.CommitAsync([Work.With(message)], lockWait: null, default);
        }

        await UnderTest.Store.Commits.CommitAsync([Work.With(new TaskOutcome(done.MessageId, TaskState.Succeeded, 1, null))], lockWait: null, default);
        await using (var claim = await UnderTest.Store.Outbox.ClaimAsync(10, null, default))
        {
            await claim.CompleteAsync(
                [],
                [.. claim.Messages.Select(m => new SentBatch(TimeSpan.FromMinutes(10), SentBatch.PackIds([m.MessageId]), [1]))],
                default);
        }

        var createdAt = (await UnderTest.Store.Queries.QueryAsync("SELECT created_at FROM messaging.tasks WHERE id = $1", [open.MessageId], r => r.Time(0), default))[0];
        Assert.Equal(createdAt, await OldestSent.FindAsync(UnderTest.Store.Queries, "small", null, TimeSpan.FromMinutes(10), default));
        Assert.Null(await OldestSent.FindAsync(UnderTest.Store.Queries, "none", DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10), default));
    }

    private async Task AddQueuesAsync()
    {
        foreach (var queue in (string[])["big", "small"])
        {
            await UnderTest.ExecuteAsync($"INSERT INTO queues (name, message_types, updated_at) VALUES ('{queue}', '[]', {Now})");
        }
    }

    private Task AddRowsAsync(string queue, int count, string dueAt) => UnderTest.ExecuteAsync(
        $"""
        INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body, queue)
        SELECT {dueAt}, {Ids}, 'd', 't', 'm', {(UnderTest is PostgresUnderTest ? "''::bytea" : "x''")}, '{queue}' FROM {Numbers(count)}
        """);

    private Task AddDeadLettersAsync(string queue, int count) => UnderTest.ExecuteAsync(
        $"""
        INSERT INTO dead_letters (id, queue, reason, group_id, headers, destination, content_type, metadata, body, dead_at)
        SELECT {Ids}, '{queue}', 'Failed', {Ids}, 'h', 'd', 't', 'm', {(UnderTest is PostgresUnderTest ? "''::bytea" : "x''")}, {Now} FROM {Numbers(count)}
        """);
}
