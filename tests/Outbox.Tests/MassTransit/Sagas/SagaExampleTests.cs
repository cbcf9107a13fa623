using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

public sealed class SqliteSagaExampleTests : SagaExampleTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSagaExampleTests : SagaExampleTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>How a saga is used; <see cref="OrderStateMachine"/> is the saga, <see cref="ShopUnderTest"/> shows how it is registered.</summary>
public abstract class SagaExampleTests : StoreSuite
{
    [Fact]
    public async Task An_order_is_reserved_paid_and_billed_once()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);
        var order = Guid.CreateVersion7();

        // The order is placed by a request: its message is a task, which has succeeded when the saga has begun.
        var task = await shop.AddAsync(new OrderPlaced(order, "A-1"));
        await shop.TaskAsync(task, TaskState.Succeeded);

        // The rest goes by messages. The state of the order is a row of sagas.
        await shop.InStateAsync(order, "Billed");
        Assert.Equal((1L, 1L, 0L), (await shop.EffectsAsync("reserved"), await shop.EffectsAsync("bill"), await shop.EffectsAsync("released")));

        // The end of the saga is the end of its row.
        await shop.AddAsync(new OrderShipped(order));
        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 0, "the order has ended");
        Assert.Equal(0, await UnderTest.CountAsync("saga_keys"));
    }

    [Fact]
    public async Task A_refused_payment_releases_the_stock_and_sends_no_bill()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, new ShopScript { Pay = () => throw new PaymentRefusedException() });
        var order = Guid.CreateVersion7();

        var task = await shop.AddAsync(new OrderPlaced(order, "A-1"));

        // The saga compensates on the Fault of its command, which is a dead letter, and which an operator sees.
        await shop.InStateAsync(order, "Cancelled");
        Assert.Equal((1L, 0L), (await shop.EffectsAsync("released"), await shop.EffectsAsync("bill")));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "message_type = 'TakePayment'"));

        // The task is that of OrderPlaced, which was consumed well; what became of the order is the saga's to say.
        await shop.TaskAsync(task, TaskState.Succeeded);
    }
}
