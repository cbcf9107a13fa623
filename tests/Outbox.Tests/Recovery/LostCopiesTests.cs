using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Recovery;

public sealed class SqliteLostCopiesTests : LostCopiesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLostCopiesTests : LostCopiesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Each queue that takes a message has a copy of it, which the broker can lose by itself.</summary>
public abstract class LostCopiesTests : RecoverySuite
{
    private static readonly ExpectedConsumers Both = ExpectedConsumers.Parse("bill;ship")!;

    [Theory]
    [InlineData(1L)]
    [InlineData(null)]
    public async Task A_copy_that_may_lie_in_its_queue_is_not_sent_again(long? ready)
    {
        await SendToBothAsync(doneOn: "bill");
        Ready["ship"] = ready;

        Assert.Empty(await LookAsync(after: Options.LostAfter));
        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal((0, 1), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("sent_messages")));
    }

    [Fact]
    public async Task A_lost_copy_goes_to_its_own_queue_only()
    {
        var message = await SendToBothAsync(doneOn: "bill");

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["ship"]);

        var again = await ClaimOneAsync();
        Assert.Equal((message.MessageId, "loopback://localhost/ship", "ship"), (again.MessageId, again.Destination, again.Queue));
        Assert.Contains("\"Task-Consumers\":\"bill;ship\"", again.Metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_both_queues_lost_is_sent_as_it_was()
    {
        var message = await SendToBothAsync();

        Assert.Single(await LookAsync(after: Options.LostAfter));

        var again = await ClaimOneAsync();
        Assert.Equal((message.MessageId, message.Destination), (again.MessageId, again.Destination));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deferred_copy_is_lost_though_another_queue_has_its_own(bool isSentAgain)
    {
        var message = await SendToBothAsync();
        await DeferAsync(message, "bill", TimeSpan.Zero);
        await DispatchAsync();
        await DeferAsync(message, "ship", isSentAgain ? TimeSpan.Zero : TimeSpan.FromHours(1));
        if (isSentAgain)
        {
            await DispatchAsync();
            Ready["ship"] = 1;
        }

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["bill"]);
        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal("loopback://localhost/bill", (await ClaimOneAsync()).Destination);
    }

    [Fact]
    public async Task A_queue_without_workers_gets_nothing_again()
    {
        await SendToBothAsync(doneOn: "bill", isShipConsumed: false);

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal((0, 1), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("sent_messages")));
    }

    [Fact]
    public async Task A_failed_task_gets_the_copy_that_another_queue_lost()
    {
        var message = await SendToBothAsync();
        await CommitAsync(Work.With(new TaskOutcome(message.MessageId, TaskState.Failed, 1, Now) { Error = "no", Share = new TaskShare(ConsumerId: null, "bill", Both) }));

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["ship"]);

        Assert.Equal("loopback://localhost/ship", (await ClaimOneAsync()).Destination);
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Failed}"));
    }

    [Fact]
    public async Task A_failed_task_whose_consumers_have_ended_is_not_kept()
    {
        var message = await SendToBothAsync(doneOn: "bill");
        await CommitAsync(Work.With(new TaskOutcome(message.MessageId, TaskState.Failed, 1, Now) { Error = "no", Share = new TaskShare(ConsumerId: null, "ship", Both) }));

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal((0, 0), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("sent_messages")));
    }

    private async Task<StagedMessage> SendToBothAsync(string? doneOn = null, bool isShipConsumed = true)
    {
        Know("bill");
        Know("ship", isShipConsumed);
        var message = await SendAsync("bill");
        if (doneOn is not null)
        {
            await CommitAsync(Work.With(new TaskOutcome(message.MessageId, TaskState.Succeeded, 1, Now) { Share = new TaskShare(Guid.NewGuid(), doneOn, Both) }));
        }

        return message;
    }

    private async Task DeferAsync(StagedMessage message, string queue, TimeSpan delay)
    {
        var work = Work.With(new TaskOutcome(message.MessageId, TaskState.Retrying, 1, Now) { RetryDelay = delay, Share = new TaskShare(Guid.NewGuid(), queue, Both) });
        work.Add(message with
        {
            TaskKind = null,
            Destination = $"loopback://localhost/{queue}",
            Queue = queue,
            Delay = delay,
            Content = MessageContent.Of($$"""{"headers":{"Task-Id":"{{message.MessageId}}","Task-Consumers":"bill;ship"},"messageTypes":["urn:message:Greet"]}""", [1, 2, 3]),
        });
        await CommitAsync(work);
    }

    private async Task<OutboxMessage> ClaimOneAsync()
    {
        await using var claim = await ClaimAsync();
        return Assert.Single(claim.Messages);
    }
}
