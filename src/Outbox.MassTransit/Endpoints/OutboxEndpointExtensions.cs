using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Configures the outbox of an endpoint.</summary>
public static class OutboxEndpointExtensions
{
    /// <summary>
    /// Adds all parts of the outbox to the endpoint, in the required order: the arguments of the queue at the broker, the gate
    /// that pauses and limits it, deferred and immediate retries, the inbox, dead letters, and the acknowledgement of deliveries.
    /// What a consumer or saga stages, publishes and sends is committed in one transaction with the inbox entry of the message, so
    /// a duplicate has no effect.
    /// </summary>
    /// <remarks>
    /// Call it after setting the endpoint's prefetch count. It sets the transport's concurrency limit to the prefetch count,
    /// because the gate limits the concurrency. An endpoint without this call still gets the inbox, and deferred retries by the
    /// configured <see cref="RetryOptions"/>. <see cref="IOutboxPipelines"/> lists the steps of each endpoint.
    /// </remarks>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <param name="policy">The retry policy. Default: the configured <see cref="RetryOptions"/>.</param>
    /// <param name="configure">Sets the other options.</param>
    /// <exception cref="OutboxConfigurationException">
    /// The endpoint has the outbox already, with another policy or other options; or it is excluded by
    /// <see cref="WithoutOutbox"/>; or the options contradict each other.
    /// </exception>
    public static void UseOutbox(
        this IReceiveEndpointConfigurator endpoint,
        IRegistrationContext context,
        RetryOptions? policy = null,
        Action<EndpointOutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(context);
        var options = new EndpointOutboxOptions();
        configure?.Invoke(options);
        var queue = ConsumerRegistry.QueueOf(endpoint.InputAddress);
        Check(options, queue);
        var configured = context.GetRequiredService<ConfiguredEndpoints>().Of(endpoint);
        if (configured.IsExcluded)
        {
            throw Contradiction(queue);
        }

        policy ??= context.GetRequiredService<IOptions<RetryOptions>>().Value;
        if (!configured.TryConfigure(queue, policy, options))
        {
            return;
        }

        var installation = new OutboxInstallation(endpoint, context);
        if (options.IsInstance)
        {
            installation.InstallInstance(policy.WithoutDeferrals());
        }
        else
        {
            installation.Install(policy, options);
        }
    }

    /// <summary>
    /// Excludes the endpoint from the inbox: its consumers cannot stage work, a duplicate runs them again, and their tasks never
    /// end. Without this call the process does not start if the endpoint has a consumer without the inbox.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <exception cref="OutboxConfigurationException">The endpoint has <see cref="UseOutbox"/>.</exception>
    public static void WithoutOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(context);
        var configured = context.GetRequiredService<ConfiguredEndpoints>().Of(endpoint);
        if (configured.HasInbox)
        {
            throw Contradiction(ConsumerRegistry.QueueOf(endpoint.InputAddress));
        }

        configured.IsExcluded = true;
        var registry = context.GetRequiredService<ConsumerRegistry>();
        registry.AddWithoutInbox(endpoint.InputAddress);
        new OutsideConsumerObserver(endpoint, registry, context.GetRequiredService<MessageTypes>()).Connect();
    }

    private static void Check(EndpointOutboxOptions options, string queue)
    {
        if (options.Concurrency < 1)
        {
            throw new OutboxConfigurationException($"Concurrency of {queue} must be at least 1.");
        }

        if (options.IsInstance && (options.Concurrency is not null || options.Priority != QueuePriority.Normal))
        {
            throw new OutboxConfigurationException(
                $"{queue} has Concurrency or Priority, but an instance queue has no gate: set ConcurrentMessageLimit of the endpoint, and leave out Priority.");
        }
    }

    private static OutboxConfigurationException Contradiction(string queue) =>
        new($"The endpoint {queue} has both UseOutbox and WithoutOutbox: remove one of them.");
}
