using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Tests.MassTransit.Sagas;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.EndToEnd.Tests.Sagas;

/// <summary>A saga over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
public sealed class SagaTests
{
    [Fact]
    public async Task A_good_order_is_billed_once_and_a_refused_one_released()
    {
        await using var system = await CreateAsync();
        var refuses = false;
        var script = new ShopScript { Pay = () => refuses ? throw new PaymentRefusedException() : true };
        using var shop = await StartShopAsync(system, script);
        var (good, refused) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await AddAsync(shop, new OrderPlaced(good, "A-1"));
        await InStateAsync(system, good, "Billed");
        refuses = true;
        var task = await AddAsync(shop, new OrderPlaced(refused, "A-2"));
        await InStateAsync(system, refused, "Cancelled");

        await Eventually.True(async () => await EffectsAsync(system, "released") == 1, "the stock is released");
        await Eventually.True(async () => await EffectsAsync(system, "bill") == 1, "the good order is billed");
        await Eventually.True(async () => await system.CountAsync("dead_letters") == 1, "the refused payment is a dead letter"); // committed after its Fault, to which the saga reacts
        Assert.Equal(2, await EffectsAsync(system, "reserved"));
        Assert.Equal(TaskState.Succeeded, (await shop.Services.GetRequiredService<ITaskStore>().FindAsync(task))!.State);
        await shop.StopAsync();
    }

    [Fact]
    public async Task A_worker_that_is_lost_between_commit_and_acknowledgement_bills_once()
    {
        await using var system = await CreateAsync();
        var stuck = new StuckAfterCommit();
        using var lost = await StartShopAsync(system, new ShopScript(), endpoint => endpoint.UseFilter(stuck));
        var order = Guid.CreateVersion7();
        await AddAsync(lost, new OrderPlaced(order, "A-1"));
        await InStateAsync(system, order, "Billed");
        await stuck.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        using var other = await StartShopAsync(system, new ShopScript(), endpoint => endpoint.UseFilter(stuck));
        await RealSystem.RabbitMqCtlAsync("close_all_connections", "--vhost", system.VirtualHost, "the test loses a worker");

        await Eventually.True(() => stuck.Deliveries > 1, "the payment has been delivered again");
        await Eventually.True(async () => await system.MessagesAsync("order-state") == 0 && await system.CountAsync("outbox") == 0, "nothing is left to do");
        await Eventually.True(async () => await EffectsAsync(system, "bill") > 0, "the order is billed");
        Assert.Equal((1L, 0L), (await EffectsAsync(system, "bill"), await system.CountAsync("dead_letters")));
        stuck.Release();
        await other.StopAsync();
        await lost.StopAsync();
    }

    private static async Task<RealSystem> CreateAsync()
    {
        var system = await RealSystem.CreateAsync(("Outbox__CommitTimeout", "00:00:30")); // a commit that is slow on a busy machine is not what is tested
        await system.ExecuteAsync("CREATE TABLE things (name text NOT NULL PRIMARY KEY)");
        return system;
    }

    private static async Task<IHost> StartShopAsync(RealSystem system, ShopScript script, Action<IReceiveEndpointConfigurator>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(system.Settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(script);
        builder.AddMessaging(x =>
        {
            x.AddConfigureEndpointsCallback((_, _, endpoint) => configure?.Invoke(endpoint));
            x.AddConsumer<ShopConsumers, TaskConsumerDefinition<ShopConsumers>>();
            x.AddSagaStateMachine<OrderStateMachine, OrderState, TaskSagaDefinition<OrderState>>().OutboxRepository();
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<Guid> AddAsync<T>(IHost shop, T message)
        where T : class
    {
        await using var scope = shop.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    private static Task InStateAsync(RealSystem system, Guid order, string state) => Eventually.True(
        async () => await system.CountAsync($"sagas WHERE correlation_id = '{order}' AND current_state = '{state}'") == 1, $"the order is {state}");

    private static Task<long> EffectsAsync(RealSystem system, string effect) => system.CountAsync($"things WHERE name LIKE '{effect} %'");

    /// <summary>Keeps the first payment's delivery from being acknowledged after it was consumed.</summary>
    private sealed class StuckAfterCommit : IFilter<ConsumeContext>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _deliveries;

        public Task Reached => _reached.Task;

        public int Deliveries => _deliveries;

        public void Release() => _released.TrySetResult();

        public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            await next.Send(context);
            if (context.TryGetMessage<PaymentTaken>(out _) && Interlocked.Increment(ref _deliveries) == 1)
            {
                _reached.TrySetResult();
                await _released.Task;
            }
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("stuck");
    }
}
