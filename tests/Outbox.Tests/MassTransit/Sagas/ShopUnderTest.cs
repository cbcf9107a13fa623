using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

/// <summary>A process with the order's saga and its consumers, over MassTransit's test harness.</summary>
public sealed class ShopUnderTest : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly StoreUnderTest _store;

    private ShopUnderTest(IHost host, StoreUnderTest store, ShopScript script)
    {
        _host = host;
        _store = store;
        Script = script;
    }

    public ShopScript Script { get; }
    public ITestHarness Harness => _host.Services.GetRequiredService<ITestHarness>();
    public IServiceProvider Services => _host.Services;
    public ReceiveCounter Received => _host.Services.GetRequiredService<ReceiveCounter>();

    public static async Task<ShopUnderTest> StartAsync(
        StoreUnderTest store,
        ShopScript? script = null,
        RetryOptions? retry = null,
        Action<IBusRegistrationConfigurator>? addSaga = null,
        bool hasInbox = true)
    {
        script ??= new ShopScript();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(script);
        builder.Services.AddSingleton<ReceiveCounter>();
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.AddOutbox(o =>
            {
                store.Use(o);
                o.Configure(options => (options.PollInterval, options.CommitTimeout) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30)));
            });
            x.AddReceiveObserver(provider => provider.GetRequiredService<ReceiveCounter>());
            x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)); // only a test that fails waits for them
            x.AddConsumer<ShopConsumers>().Endpoint(e => e.Name = "shop");
            (addSaga ?? (registration => registration.AddSagaStateMachine<OrderStateMachine, OrderState>().OutboxRepository().Endpoint(e => e.Name = "order"))).Invoke(x);
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                if (hasInbox)
                {
                    endpoint.UseOutbox(context, retry ?? PipelineUnderTest.Quick());
                }
            });
            x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ShopUnderTest(host, store, script);
    }

    /// <summary>Adds a task, as an endpoint does.</summary>
    public async Task<Guid> AddAsync<T>(T message)
        where T : class
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    /// <summary>Sends past the outbox, as a broker does that delivers a message once more.</summary>
    public async Task DeliverAsync<T>(T message, Guid? messageId = null)
        where T : class
    {
        var endpoint = await Harness.Bus.GetSendEndpoint(new Uri("queue:order"));
        await endpoint.Send(message, context => context.MessageId = messageId ?? NewId.NextGuid());
    }

    public Task InStateAsync(Guid order, string state) => Eventually.True(
        async () => await _store.CountAsync("sagas", $"{IsOrder(order)} AND current_state = '{state}'") == 1, $"order {order} is {state}");

    public Task<OrderState> LoadAsync(Guid order) => _host.Services.GetRequiredService<ILoadSagaRepository<OrderState>>().Load(order);

    public async Task<TaskRecord> TaskAsync(Guid id, TaskState state)
    {
        TaskRecord? task = null;
        await Eventually.True(
            async () => (task = await _host.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State == state, $"task {id} is {state}");
        return task!;
    }

    /// <summary>The number of effects of a kind, when all that was published before has been consumed.</summary>
    public async Task<long> EffectsAsync(string effect)
    {
        await Eventually.True(
            async () =>
            {
                await TaskAsync(await AddAsync(new OrderUnknown(Guid.CreateVersion7())), TaskState.Succeeded); // behind what was sent before it
                return Received.InFlight == 0 && await _store.CountAsync("outbox", "waiting = 0") == 0;
            },
            "nothing is in flight");
        return await _store.CountAsync("things", $"name LIKE '{effect} %'");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static string IsOrder(Guid order) => $"lower(CAST(correlation_id AS text)) = '{order}'";
}
