using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.SharedTasks;

public sealed record Order(string Name);

/// <summary>What the consumers of an order do; by the consumer's name.</summary>
public sealed class OrderScript
{
    public Func<string, Task> Consume { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<string> Consumed { get; } = new();

    public async Task RunAsync(string consumer, ConsumeContext<Order> context, IUnitOfWork unit)
    {
        Consumed.Enqueue(consumer);
        await Consume(consumer);
        unit.Execute("INSERT INTO things (name) VALUES ($1)", $"{consumer} {context.Message.Name}");
    }
}

public sealed class BillConsumer(OrderScript script, IUnitOfWork unit) : IConsumer<Order>
{
    public Task Consume(ConsumeContext<Order> context) => script.RunAsync("bill", context, unit);
}

public sealed class ShipConsumer(OrderScript script, IUnitOfWork unit) : IConsumer<Order>
{
    public Task Consume(ConsumeContext<Order> context) => script.RunAsync("ship", context, unit);
}

/// <summary>On the same queue as <see cref="ShipConsumer"/>.</summary>
public sealed class PackConsumer(OrderScript script, IUnitOfWork unit) : IConsumer<Order>
{
    public Task Consume(ConsumeContext<Order> context) => script.RunAsync("pack", context, unit);
}

internal static class OrderPipelines
{
    public static Task<PipelineUnderTest> StartAsync(
        StoreUnderTest store, OrderScript script, RetryOptions? retry = null, Action<OutboxOptions>? configure = null, params Type[] consumers) =>
        PipelineUnderTest.StartAsync(store, retry, configure, addConsumers: x =>
        {
            x.AddSingleton(script);
            foreach (var consumer in consumers)
            {
                x.AddConsumer(consumer).Endpoint(e => e.Name = consumer == typeof(BillConsumer) ? "bill" : "ship");
            }
        });
}
