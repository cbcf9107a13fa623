using MassTransit;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Stops the start if an endpoint has a consumer without the inbox, because it was not added by the registration.</summary>
internal sealed class MissingInboxCheck(IBusControl bus, ConsumerRegistry registry) : IHostedLifecycleService
{
    public const string HowTo =
        "Add the consumer with AddConsumer and ConfigureConsumer(context), or call UseOutbox(context) on its endpoint; or call WithoutOutbox(context) if it needs no outbox";

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var missing = ProbedConsumers.QueuesOf(bus.GetProbeResult().Results).Where(queue => !registry.NeedsNoInbox(queue)).Distinct(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? Task.CompletedTask
            : throw new OutboxConfigurationException(
                $"A consumer of {string.Join(" and of ", missing)} has no inbox: duplicates would run it again, work that it stages would be rejected, and its tasks would never "
                + $"end. {HowTo}.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
