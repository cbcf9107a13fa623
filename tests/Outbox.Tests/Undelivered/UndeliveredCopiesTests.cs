using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.Tests.Undelivered;

public sealed class SqliteUndeliveredCopiesTests : UndeliveredCopiesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresUndeliveredCopiesTests : UndeliveredCopiesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Copies of one message in the outbox that no queue takes: one for each queue that deferred it, or one twice because it was taken for lost.</summary>
public abstract class UndeliveredCopiesTests : OutboxStoreSuite
{
    private readonly UndeliveredPolicy _policy = new(new OutboxOptions { UndeliverableAfter = TimeSpan.Zero }, new DeadLetterFactory(new StoreClock(TimeProvider.System)));

    [Fact]
    public async Task Copies_of_two_queues_are_two_dead_letters()
    {
        await DispatchToNobodyAsync("bill", "ship");

        Assert.Equal((1, 1), (await UnderTest.CountAsync("dead_letters", "queue = 'bill'"), await UnderTest.CountAsync("dead_letters", "queue = 'ship'")));
        Assert.Equal((0, 2), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("task_consumers", "failed = 1")));
    }

    [Fact]
    public async Task Two_copies_of_one_queue_are_one_dead_letter()
    {
        await DispatchToNobodyAsync("bill", "bill");

        Assert.Equal((1, 0), (await UnderTest.CountAsync("dead_letters"), await UnderTest.CountAsync("outbox")));
    }

    private async Task DispatchToNobodyAsync(params string[] queues)
    {
        var task = Work.Message() with { TaskKind = "T" };
        var work = new StagedWork();
        foreach (var (queue, index) in queues.Select((queue, index) => (queue, index)))
        {
            work.Add(task with
            {
                TaskKind = index == 0 ? "T" : null,
                Destination = $"loopback://localhost/{queue}",
                Queue = queue,
                Content = MessageContent.Of($$"""{"headers":{"Task-Id":"{{task.MessageId}}","Task-Consumers":"bill;ship"},"messageTypes":["urn:message:Order"]}""", [1]),
            });
        }

        await CommitAsync(work);
        await using var claim = await ClaimAsync();
        Assert.Equal(queues.Length, claim.Messages.Count);
        await claim.CompleteAsync([.. claim.Messages.Select(message => _policy.Decide(new UnsentMessage(message, new NoQueueException("There is no queue."), IsOwnFault: true)))], [], default);
    }
}
