using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Configures the outbox of an endpoint.</summary>
public static class OutboxEndpointExtensions
{
    /// <summary>
    /// Adds all parts of the outbox to the endpoint's consumers and sagas, in the order that they require: the queue as its
    /// broker keeps it, the gate that pauses and limits it, deferred and immediate retries, the inbox, dead letters, and the
    /// acknowledgement of deliveries. Work that a consumer stages, publishes and sends is committed in one transaction with the
    /// record that it consumed the message, so a duplicate has no effect.
    /// </summary>
    /// <remarks>
    /// Call it after the endpoint's prefetch count has been set. The transport's own concurrency limit becomes the prefetch
    /// count. An endpoint without this call still has the inbox, and deferred retries by the configured
    /// <see cref="RetryOptions"/>. <see cref="IOutboxPipelines"/> prints the result.
    /// </remarks>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <param name="policy">The retry policy. Default: the configured <see cref="RetryOptions"/>.</param>
    /// <param name="configure">Sets the other options.</param>
    /// <exception cref="OutboxConfigurationException">
    /// The endpoint has the outbox already, with another policy or other options.
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
        policy ??= context.GetRequiredService<IOptions<RetryOptions>>().Value;
        if (!context.GetRequiredService<EndpointOutboxes>().TryAdd(endpoint, policy, options))
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
    /// Excludes the endpoint from the inbox: its consumers cannot stage work, duplicates run them again, and their tasks never
    /// end. Without this call, a consumer that has no inbox stops the start.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    public static void WithoutOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(context);
        context.GetRequiredService<EndpointPolicies>().Of(endpoint).IsExcluded = true;
        context.GetRequiredService<ConsumerRegistry>().AddWithoutInbox(endpoint.InputAddress);
    }
}
