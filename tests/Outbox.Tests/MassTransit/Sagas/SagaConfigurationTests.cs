using MassTransit;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

public sealed record Ping(Guid Id, string Name, int Version);

public sealed class PingState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string? CurrentState { get; set; }
    public string? Name { get; set; }
    public int Version { get; set; }
}

/// <summary>Finds its instance by two properties.</summary>
public sealed class PingStateMachine : MassTransitStateMachine<PingState>
{
    public PingStateMachine()
    {
        InstanceState(ping => ping.CurrentState);
        Event(() => Pinged, x => x
            .CorrelateBy((ping, context) => ping.Name == context.Message.Name && ping.Version == context.Message.Version)
            .SelectId(context => context.Message.Id));
        Initially(When(Pinged).Finalize());
    }

    public Event<Ping> Pinged { get; private set; } = null!;
}

public sealed class PongState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public State? CurrentState { get; set; }
}

public sealed class PongStateMachine : MassTransitStateMachine<PongState>
{
    public PongStateMachine()
    {
        InstanceState(pong => pong.CurrentState);
        Event(() => Pinged, x => x.CorrelateById(context => context.Message.Id));
        Initially(When(Pinged).Finalize());
    }

    public Event<Ping> Pinged { get; private set; } = null!;
}

/// <summary>What could not keep the promise is refused at the start, and the message says what to write instead.</summary>
public sealed class SagaConfigurationTests : StoreSuite
{
    [Fact]
    public async Task A_saga_whose_state_is_elsewhere_is_refused()
    {
        var refused = await RefusedAsync(x => x.AddSagaStateMachine<OrderStateMachine, OrderState>().InMemoryRepository());

        Assert.Contains("OutboxRepository()", refused, StringComparison.Ordinal);
        Assert.Contains("AllowRepositoryOutsideOutbox()", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saga_on_an_endpoint_without_configuration_has_the_inbox()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, hasInbox: false);

        await shop.TaskAsync(await shop.AddAsync(new OrderPlaced(Guid.CreateVersion7(), "A-1")), TaskState.Succeeded);

        await Eventually.True(async () => await shop.EffectsAsync("bill") == 1, "the order is billed");
        Assert.Equal(1, await UnderTest.CountAsync("sagas"));
    }

    [Fact]
    public async Task A_saga_whose_state_is_elsewhere_may_be_allowed()
    {
        await using var shop = await ShopUnderTest.StartAsync(
            UnderTest,
            addSaga: x => x.AddSagaStateMachine<OrderStateMachine, OrderState>().InMemoryRepository().AllowRepositoryOutsideOutbox());

        await shop.AddAsync(new OrderPlaced(Guid.CreateVersion7(), "A-1"));

        await Eventually.True(async () => await shop.EffectsAsync("bill") == 1, "the order is billed");
        Assert.Equal(0, await UnderTest.CountAsync("sagas"));
    }

    [Fact]
    public async Task A_saga_that_is_found_by_an_expression_is_refused() =>
        Assert.Contains("CorrelateBy(saga => saga.Property", await RefusedAsync(x => x.AddSagaStateMachine<PingStateMachine, PingState>().OutboxRepository()), StringComparison.Ordinal);

    [Fact]
    public async Task A_saga_whose_state_is_no_value_is_refused() =>
        Assert.Contains("PongState.CurrentState", await RefusedAsync(x => x.AddSagaStateMachine<PongStateMachine, PongState>().OutboxRepository()), StringComparison.Ordinal);

    [Fact]
    public async Task A_provider_keeps_all_sagas_in_the_outbox()
    {
        await using var shop = await ShopUnderTest.StartAsync(UnderTest, addSaga: x =>
        {
            x.SetOutboxSagaRepositoryProvider();
            x.AddSagaStateMachine(typeof(OrderStateMachine));
        });
        var order = Guid.CreateVersion7();

        await shop.AddAsync(new OrderPlaced(order, "A-1"));

        await shop.InStateAsync(order, "Billed");
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private async Task<string> RefusedAsync(Action<IBusRegistrationConfigurator> addSaga)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => ShopUnderTest.StartAsync(UnderTest, addSaga: addSaga));
        return exception.ToString();
    }
}
