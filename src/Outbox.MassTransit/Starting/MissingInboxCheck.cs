using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>Fails the start if an endpoint has a consumer without the inbox, which the registration did not add.</summary>
internal sealed class MissingInboxCheck(IBusControl bus, ConsumerRegistry registry) : StartCheck
{
    public const string HowTo =
        "Add the consumer with AddConsumer and ConfigureConsumer(context), or call UseOutbox(context) on its endpoint; or call WithoutOutbox(context) if it needs no outbox";

    protected override void Check()
    {
        var missing = ProbedConsumers.QueuesOf(bus.GetProbeResult().Results).Where(queue => !registry.NeedsNoInbox(queue)).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            throw new OutboxConfigurationException(
                $"A consumer of {string.Join(" and of ", missing)} has no inbox: duplicates would run it again, work that it stages would be rejected, and its tasks would never "
                + $"end. {HowTo}.");
        }
    }
}
