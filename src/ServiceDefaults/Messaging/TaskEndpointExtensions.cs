using MassTransit;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Configures an endpoint by the settings of its queue.</summary>
internal static class TaskEndpointExtensions
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <param name="onlyStages">Whether its consumer only stages work and so waits only for a shared commit.</param>
    public static void UseTaskPolicy(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, bool onlyStages)
    {
        var queue = endpoint.InputAddress.AbsolutePath.Split('/')[^1];
        context.GetRequiredService<QueuesWithSettings>().Add(queue);
        var options = context.GetRequiredService<IOptionsMonitor<EndpointOptions>>().Get(queue);

        // While one group of messages waits for its commit, the next group must be available.
        var (concurrency, prefetch) = onlyStages
            ? (options.StagingConcurrency, options.StagingConcurrency * 2)
            : (options.Concurrency, options.Concurrency);
        endpoint.PrefetchCount = Math.Max(options.Prefetch, prefetch);
        endpoint.UseOutbox(context, options.Retry, outbox => (outbox.Concurrency, outbox.Priority) = (concurrency, options.Priority));
    }
}
