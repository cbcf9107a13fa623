using MassTransit;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>The outbox of an endpoint.</summary>
public static class OutboxEndpointExtensions
{
    /// <summary>
    /// Gives the endpoint's consumers and sagas all that belongs to the outbox, in the only order in which it works: the queue as its broker is to keep it,
    /// the gate by which it is paused and limited, deferred and immediate retries, the inbox, dead letters, and how deliveries are acknowledged.
    /// What a consumer stages, publishes and sends is committed in one transaction with the fact that it consumed the message, so that a duplicate has no effect.
    /// </summary>
    /// <remarks>
    /// Has to come after the endpoint's prefetch count has been set. The transport's own concurrency limit becomes the prefetch count. An endpoint on which it
    /// is not called has the inbox, and deferred retries by the configured <see cref="RetryOptions"/>, all the same. <see cref="IOutboxPipelines"/> prints the result.
    /// </remarks>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <param name="policy">What happens to a failing message. Default: the configured <see cref="RetryOptions"/>.</param>
    /// <param name="configure">Sets what else there is.</param>
    /// <exception cref="OutboxConfigurationException">The endpoint has the outbox already, with another policy or other options.</exception>
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
    /// Says that the endpoint is to have no inbox: its consumers stage nothing, a duplicate runs them again, and a task that they take never ends. Without it a
    /// consumer that has no inbox stops the start.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    public static void WithoutOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(context);
        context.GetRequiredService<EndpointPolicies>().Of(endpoint).IsExcluded = true;
        context.GetRequiredService<ConsumerRegistry>().AddWithoutInbox(endpoint.InputAddress);
    }
}
