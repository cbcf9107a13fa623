using Messaging.Outbox.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Configures the outbox: its store, its transport and its options.</summary>
public sealed class OutboxBuilder
{
    internal OutboxBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services, for packages that extend the outbox.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Registers the services of a transport: an <see cref="IQueueTransport"/>, health
    /// checks. They are removed if the bus is replaced by one with another transport, as a test harness does.
    /// A transport of another package gets no steps of its own in an endpoint's pipeline.
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

    /// <summary>Sets options in code. They can also be bound with <c>services.AddOptions&lt;OutboxOptions&gt;()</c>.</summary>
    public OutboxBuilder Configure(Action<OutboxOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }
}
