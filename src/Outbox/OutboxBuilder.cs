using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Chooses the store of the outbox and its settings.</summary>
public sealed class OutboxBuilder
{
    internal OutboxBuilder(IServiceCollection services) => Services = services;

    /// <summary>For what belongs to the outbox and is a package of its own.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Registers what a transport has for the outbox: an <see cref="IMessagePublisher"/>, an <see cref="IQueueTransport"/>, health checks. It goes when the
    /// bus is replaced by one on another transport, as MassTransit's test harness replaces it by one in memory.
    /// </summary>
    /// <param name="add">Adds the services.</param>
    public OutboxBuilder AddTransport(Action<IServiceCollection> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        var before = Services.ToHashSet(ReferenceEqualityComparer.Instance);
        add(Services);
        Services.AddSingleton(new TransportServices([.. Services.Where(s => !before.Contains(s))]));
        return this;
    }

    /// <summary>Sets options in code; they can as well be bound with <c>services.AddOptions&lt;OutboxOptions&gt;()</c>.</summary>
    public OutboxBuilder Configure(Action<OutboxOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }
}
