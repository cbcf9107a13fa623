using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

public sealed class SqliteSagaTests : SagaTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSagaTests : SagaTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    /// <summary>Of SQLite's file there is one process.</summary>
    [Fact]
    public async Task Events_of_one_saga_in_two_processes_all_count()
    {
        await using var one = await ShopUnderTest.StartAsync(UnderTest);
        await using var other = await ShopUnderTest.StartAsync(UnderTest);
        await one.DeliverAsync(new OrderNoted("A-1"));
        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 1, "the saga has begun");

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(_ => new[] { one.DeliverAsync(new OrderNoted("A-1")), other.DeliverAsync(new OrderNoted("A-1")) }));

        await Eventually.True(async () => await UnderTest.CountAsync("sagas", "(data::jsonb ->> 'notes')::int = 41") == 1, "all notes are counted");
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task First_events_in_two_processes_begin_one_saga()
    {
        await using var one = await ShopUnderTest.StartAsync(UnderTest);
        await using var other = await ShopUnderTest.StartAsync(UnderTest);

        await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(_ => new[] { one.DeliverAsync(new OrderNoted("A-1")), other.DeliverAsync(new OrderNoted("A-1")) }));

        await Eventually.True(async () => await UnderTest.CountAsync("sagas", "(data::jsonb ->> 'notes')::int = 20") == 1, "all notes are counted");
        Assert.Equal((1L, 1L), (await UnderTest.CountAsync("sagas"), await UnderTest.CountAsync("saga_keys")));
    }
}

/// <summary>What a saga does is committed with its state, once.</summary>
public abstract class SagaTests : StoreSuite
{
    [Fact]
    public async Task Duplicates_of_an_event_make_one_bill()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, new ShopScript { Pay = () => false });
        var (order, payment) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.AddAsync(new OrderPlaced(order, "A-1"));
        await shop.InStateAsync(order, "Paying");

        await Eventually.True(() => shop.Received.Of("order") == 2, "what brought it there is acknowledged"); // which comes after the commit
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.DeliverAsync(new PaymentTaken(order), payment)));

        await shop.InStateAsync(order, "Billed");
        await Eventually.True(() => shop.Received.Of("order") == 2 + 20, "all are acknowledged");
        Assert.Equal(1, await shop.EffectsAsync("bill"));
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task Events_of_one_saga_at_once_all_count()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => shop.DeliverAsync(new OrderNoted("A-1"))));

        await Eventually.True(() => shop.Received.Of("order") == 30, "all are acknowledged");
        var saga = Assert.Single(await shop.Services.GetRequiredService<IQuerySagaRepository<OrderState>>().Find(new SagaQueryOf(_ => true)));
        Assert.Equal(30, (await shop.LoadAsync(saga)).Notes);
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task An_exception_in_an_activity_leaves_nothing_and_is_retried()
    {
        var failures = 2;
        var script = new ShopScript();
        script.Placed = _ => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, script, PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        var order = Guid.CreateVersion7();

        var task = await shop.AddAsync(new OrderPlaced(order, "A-1"));

        await shop.InStateAsync(order, "Billed");
        Assert.Equal(3, (await shop.TaskAsync(task, TaskState.Succeeded)).Attempts);
        Assert.Equal((1L, 1L), (await shop.EffectsAsync("reserved"), await shop.EffectsAsync("bill")));
    }

    [Fact]
    public async Task An_event_that_always_fails_becomes_a_dead_letter()
    {
        var script = new ShopScript { Placed = _ => throw new InvalidOperationException("never") };
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, script, PipelineUnderTest.Quick(delayed: 1));
        var order = Guid.CreateVersion7();

        var task = await shop.AddAsync(new OrderPlaced(order, "A-1"));

        Assert.Equal("InvalidOperationException: never", (await shop.TaskAsync(task, TaskState.Failed)).LastError);
        Assert.Equal((0L, 0L, 1L), (await UnderTest.CountAsync("sagas"), await shop.EffectsAsync("reserved"), await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_permanent_failure_of_an_activity_is_not_retried()
    {
        var script = new ShopScript { Placed = _ => throw new PaymentRefusedException() };
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, script, PipelineUnderTest.Quick(immediate: 2, delayed: 2));

        var task = await shop.AddAsync(new OrderPlaced(Guid.CreateVersion7(), "A-1"));

        Assert.Equal(1, (await shop.TaskAsync(task, TaskState.Failed)).Attempts);
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_state_and_messages_as_they_were()
    {
        var script = new ShopScript
        {
            Placed = context =>
            {
                context.GetPayload<IServiceProvider>().GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", (object?)null);
                return Task.CompletedTask;
            },
        };
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, script);

        var task = await shop.AddAsync(new OrderPlaced(Guid.CreateVersion7(), "A-1"));

        await shop.TaskAsync(task, TaskState.Failed);
        Assert.Equal((0L, 0L, 0L), (await UnderTest.CountAsync("sagas"), await UnderTest.CountAsync("saga_keys"), await shop.EffectsAsync("reserved")));
    }

    [Fact]
    public async Task A_fault_that_a_saga_consumes_leaves_its_task_failed()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, new ShopScript { Pay = () => false });
        var order = Guid.CreateVersion7();
        await shop.AddAsync(new OrderPlaced(order, "A-1"));
        await shop.InStateAsync(order, "Paying");

        shop.Script.Pay = () => throw new PaymentRefusedException();
        var payment = await shop.AddAsync(new TakePayment(order));

        await shop.InStateAsync(order, "Cancelled");
        await shop.TaskAsync(payment, TaskState.Failed);
        Assert.Equal(1, await shop.EffectsAsync("released"));
    }

    [Fact]
    public async Task A_timeout_of_a_saga_arrives_unless_it_is_cancelled()
    {
        await using var shop = await ShopUnderTest.StartAsync(
            UnderTest, new ShopScript { Pay = () => false, PaymentTimeout = TimeSpan.FromMilliseconds(300) });
        var order = Guid.CreateVersion7();

        await shop.AddAsync(new OrderPlaced(order, "A-1"));

        await shop.InStateAsync(order, "Cancelled");
        Assert.Equal(1, await shop.EffectsAsync("released"));
    }

    [Fact]
    public async Task A_cancelled_timeout_is_gone_with_the_same_commit()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, new ShopScript { Pay = () => false });
        var order = Guid.CreateVersion7();
        await shop.AddAsync(new OrderPlaced(order, "A-1"));
        await shop.InStateAsync(order, "Paying");
        Assert.Equal(1, await UnderTest.CountAsync("outbox", "waiting = 1"));

        await shop.DeliverAsync(new PaymentTaken(order));

        await shop.InStateAsync(order, "Billed");
        Assert.Equal(0, await UnderTest.CountAsync("outbox", "waiting = 1"));
    }

    [Fact]
    public async Task An_event_without_a_saga_does_what_the_machine_says()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);
        var order = Guid.CreateVersion7();

        var task = await shop.AddAsync(new OrderShipped(order));

        await shop.TaskAsync(task, TaskState.Succeeded);
        await Eventually.True(() => shop.Script.Unknown.Any(unknown => unknown.OrderId == order), "the shop has heard of it");
        Assert.Equal(0, await UnderTest.CountAsync("sagas"));
    }

    [Fact]
    public async Task All_that_a_saga_remembers_is_stored()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);
        var order = Guid.CreateVersion7();
        var number = "Ä-\0\"😀";

        await shop.AddAsync(new OrderPlaced(order, number));
        await shop.InStateAsync(order, "Billed");
        await shop.DeliverAsync(new OrderNoted(number.Replace("\0", "", StringComparison.Ordinal)));
        await shop.DeliverAsync(new OrderNoted("A-2"));

        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 3, "the notes have begun sagas of their own");
        var saga = await shop.LoadAsync(order);
        Assert.Equal((number, "Billed", 0), (saga.Number, saga.CurrentState, saga.Notes));
        Assert.Equal(["placed", "paid"], saga.History);
    }

    [Fact]
    public async Task A_saga_with_a_new_number_is_found_by_it()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);
        await shop.DeliverAsync(new OrderNoted("A"));
        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 1, "the saga has begun");
        var saga = Assert.Single(await shop.Services.GetRequiredService<IQuerySagaRepository<OrderState>>().Find(new SagaQueryOf(_ => true)));

        await shop.AddAsync(new OrderRenumbered(saga, "B"));
        await Eventually.True(async () => (await shop.LoadAsync(saga)).Number == "B", "it has its new number");
        await shop.DeliverAsync(new OrderNoted("B"));
        await shop.DeliverAsync(new OrderNoted("A"));

        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 2, "its old number is free for another one");
        await Eventually.True(async () => (await shop.LoadAsync(saga)).Notes == 2, "it has got the event for its new number");
        Assert.Equal(2, await UnderTest.CountAsync("saga_keys"));
    }

    [Fact]
    public async Task A_number_of_another_saga_fails_as_what_it_is()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest);
        var order = Guid.CreateVersion7();
        await shop.AddAsync(new OrderPlaced(order, "A"));
        await shop.InStateAsync(order, "Billed");
        await shop.DeliverAsync(new OrderNoted("B"));
        await Eventually.True(async () => await UnderTest.CountAsync("sagas") == 2, "the other saga has begun");

        var task = await shop.TaskAsync(await shop.AddAsync(new OrderRenumbered(order, "B")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains("Number of", task.LastError, StringComparison.Ordinal);
        Assert.Contains("a value that another instance has", task.LastError, StringComparison.Ordinal);
        Assert.Equal("A", (await shop.LoadAsync(order)).Number);
    }

    private sealed class SagaQueryOf(System.Linq.Expressions.Expression<Func<OrderState, bool>> filter) : ISagaQuery<OrderState>
    {
        public System.Linq.Expressions.Expression<Func<OrderState, bool>> FilterExpression => filter;

        public Func<OrderState, bool> GetFilter() => filter.Compile();
    }
}
