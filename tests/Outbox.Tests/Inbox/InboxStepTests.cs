using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Execution;

namespace Messaging.Outbox.Tests.Inbox;

public sealed class SqliteInboxStepTests : InboxStepTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresInboxStepTests : InboxStepTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A row of the inbox says in words what has happened.</summary>
public abstract class InboxStepTests : StoreSuite
{
    [Fact]
    public async Task A_row_says_what_has_happened()
    {
        await CommitAsync(Work.Key() with { Kind = InboxKind.Deferred, Step = "orders: deferred, redelivery 1, redrive 0" });

        Assert.Equal(1, await UnderTest.CountAsync("inbox", "kind = 'deferred' AND step = 'orders: deferred, redelivery 1, redrive 0'"));
    }

    [Fact]
    public async Task Words_are_no_part_of_the_key()
    {
        var before = Work.Key(); // as a version without words wrote it
        await CommitAsync(before);
        var now = before with { Kind = InboxKind.Consumed, Step = "OrderConsumer" };

        Assert.Equal([now], (await UnderTest.Store.Inbox.FindDoneAsync([now], [], default)).Consumed);
        Assert.False(Assert.Single(await CommitAsync(now)));
    }

    [Fact]
    public void Ids_are_those_of_the_version_before()
    {
        var (message, consumer) = (Guid.NewGuid(), Guid.NewGuid());

        var settled = InboxKeys.Settled(message, consumer, row: 7, sending: 2);

        Assert.Equal(DerivedId.Of($"{consumer}#settled-7-2"), settled.ConsumerId);
        Assert.Equal((InboxKind.Settled, $"row 7, sending 2, consumer {consumer}"), (settled.Kind, settled.Step));
        Assert.Equal(DerivedId.Of($"{consumer}#untracked"), new ConsumerIdentity(consumer, "My.Orders.OrderConsumer", OnlyStages: false).UntrackedId);
        Assert.Equal("OrderConsumer", new ConsumerIdentity(consumer, "My.Orders.OrderConsumer", OnlyStages: false).Step);
    }

    [Theory]
    [InlineData("given-up", "dead-lettered", 0, "queue: dead-lettered, redrive 0", "given-up-0")]
    [InlineData("alone-3", "isolated execution, redelivery 3", 2, "queue: isolated execution, redelivery 3, redrive 0, part 2", "alone-3-0-2")]
    public void A_step_is_shown_in_words_and_keeps_its_hash(string hashed, string shown, int part, string step, string id)
    {
        var message = Guid.NewGuid();
        var delivery = new DeliveryProgress(new HeadersOnly(new() { ["Task-Id"] = message, ["Task-Part"] = part }));

        var key = InboxKeys.Step(message, delivery, InboxKind.Isolated, hashed, shown);

        Assert.Equal((step, DerivedId.Of($"/queue#{id}")), (key.Step, key.ConsumerId));
    }

    private Task<bool[]> CommitAsync(InboxKey key) => UnderTest.Store.Commits.CommitAsync([Work.With(key)], lockWait: null, default);
}
