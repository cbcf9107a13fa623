using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>The policy of an endpoint, by the settings of its queue.</summary>
internal static class TaskEndpointExtensions
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <param name="onlyStages">Whether its consumer waits for nothing but a commit that many share.</param>
    public static void UseTaskPolicy(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, bool onlyStages)
    {
        var queue = endpoint.InputAddress.AbsolutePath.Split('/')[^1];
        var options = context.GetRequiredService<IOptionsMonitor<EndpointOptions>>().Get(queue);

        // What waits for a commit together with others is followed by as many that are there already.
        var (concurrency, prefetch) = onlyStages
            ? (options.StagingConcurrency, options.StagingConcurrency * 2)
            : (options.Concurrency, options.Concurrency);
        endpoint.PrefetchCount = Math.Max(options.Prefetch, prefetch);
        endpoint.UseOutbox(context, options.Retry, outbox => (outbox.Concurrency, outbox.Priority) = (concurrency, options.Priority));
    }
}
