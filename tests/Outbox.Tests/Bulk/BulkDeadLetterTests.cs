using Messaging.Outbox.Bulk;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkDeadLetterTests : BulkDeadLetterTests
{
    private protected override string Now => "0";

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkDeadLetterTests : BulkDeadLetterTests
{
    private protected override string Now => "now()";

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Many dead letters that are redriven or dropped by ids or by a filter.</summary>
public abstract class BulkDeadLetterTests : StoreSuite
{
    [Fact]
    public async Task Each_dead_letter_is_redriven_once_by_an_action_of_several_steps()
    {
        await AddAsync(1_250, "mail");
        await AddAsync(5, "log");
        using var process = new BulkProcess(UnderTest);

        var started = (await process.AskAsync(Redrive("mail"), expected: 1_250)).Started!;
        await AddAsync(7, "mail", DateTimeOffset.UtcNow.AddMinutes(1));
        var done = await process.RunAsync(await process.TakeAsync());

        Assert.Equal((BulkSubject.DeadLetters, 1_250L), (started.Subject, started.Total));
        Assert.Equal((BulkActionState.Done, 1_250L, 0L), (done!.Action.State, done.Action.Changed, done.Action.Skipped));
        Assert.Equal((1_250, 12), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("dead_letters", "state = 0")));
    }

    [Fact]
    public async Task A_dead_letter_that_another_one_has_locked_is_waited_for()
    {
        var ids = await AddAsync(1_001, "mail");
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(Redrive("mail"));
        var taken = await process.TakeAsync();
        Task<RunningBulkAction?> running;
        await using (var other = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await other.Own.ExecuteAsync("UPDATE messaging.dead_letters SET error = 'seen' WHERE id = $1", default, ids[^1]);
            running = Task.Run(() => process.RunAsync(taken)); // SQLite waits for the file on the thread of the caller
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1)));
        }

        var done = await running;

        Assert.Equal((BulkActionState.Done, 1_001L, 0L), (done!.Action.State, done.Action.Changed, done.Action.Skipped));
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters", "state = 0"));
    }

    [Fact]
    public async Task More_than_one_page_searches_are_counted_with_the_newest_five()
    {
        await AddAsync(5_100, "mail");
        var newest = await AddAsync(1, "log", DateTimeOffset.UtcNow.AddMinutes(-1));
        var counts = new DeadLetterCounts(UnderTest.Own);

        var all = await counts.CountAsync(new DeadLetterQuery(), default);
        var mails = await counts.CountAsync(new DeadLetterQuery { Queue = "mail" }, default);

        Assert.Equal((5_101L, true, 5, newest[0]), (all.Count, all.IsExact, all.Sample.Count, all.Sample[0].Id));
        Assert.Equal((5_100L, true, 5), (mails.Count, mails.IsExact, mails.Sample.Count));
    }

    [Fact]
    public async Task A_few_are_dropped_in_one_transaction()
    {
        var ids = await AddAsync(3, "mail");
        using var process = new BulkProcess(UnderTest);

        var result = await process.InUnitAsync(actions => actions.RunAsync(BulkOrder.Of(BulkActionKind.Drop, new DeadLetterQuery()), [.. ids], expected: 3, "ann", default));
        var again = await process.InUnitAsync(actions => actions.RunAsync(BulkOrder.Of(BulkActionKind.Drop, new DeadLetterQuery()), [.. ids], expected: 3, "ann", default));

        Assert.Equal((3, 0), (result.Changed, result.Skipped));
        Assert.Equal((0, 3), (again.Changed, again.Skipped));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'dead-letter.drop'"));
    }

    [Fact]
    public async Task A_queue_that_is_not_known_is_refused_with_the_nearest_name()
    {
        await AddAsync(3, "mail");
        await UnderTest.ExecuteAsync($"INSERT INTO {UnderTest.NameOf("queues")} (name, message_types, updated_at) VALUES ('reports', '[]', {Now})");
        using var process = new BulkProcess(UnderTest);

        var exception = await Assert.ThrowsAsync<UnknownQueueException>(() => process.AskAsync(Redrive("mail") with { Queue = "report" }));

        Assert.Equal("reports", exception.Nearest);
        Assert.Equal(3, await UnderTest.CountAsync("dead_letters", "state = 0"));
    }

    private protected abstract string Now { get; }

    private static BulkOrder Redrive(string queue) => BulkOrder.Of(BulkActionKind.Redrive, new DeadLetterQuery { Queue = queue });

    private async Task<IReadOnlyList<Guid>> AddAsync(int count, string queue, DateTimeOffset? at = null)
    {
        var deadAt = at ?? DateTimeOffset.UtcNow.AddMinutes(-5);
        var letters = Enumerable.Range(0, count).Select(_ => new DeadLetter
        {
            Id = Guid.CreateVersion7(deadAt),
            MessageId = Guid.CreateVersion7(deadAt),
            Queue = queue,
            Reason = DeadLetterReason.Failed,
            Headers = "{}",
            Destination = $"loopback://localhost/{queue}",
            ContentType = "application/json",
            Metadata = """{"messageTypes":[]}""",
            Body = [1],
            DeadAt = deadAt,
        }).ToList();
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        foreach (var letter in letters)
        {
            await transaction.Own.ExecuteAsync(DeadLetterSql.Insert, default, DeadLetterSql.Parameters(letter));
        }

        await transaction.CommitAsync(new StagedWork(), default);
        return [.. letters.Select(letter => letter.Id)];
    }
}
