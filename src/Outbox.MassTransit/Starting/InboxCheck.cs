using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Pipelines;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Fails the start if an endpoint has a consumer without the inbox, which the registration did not add, or if an endpoint of the
/// outbox has an outbox of MassTransit too.
/// </summary>
internal sealed class InboxCheck(IBusControl bus, ConsumerRegistry registry, OutboxPipelines pipelines) : StartCheck
{
    public const string HowTo =
        "Add the consumer with AddConsumer and ConfigureConsumer(context), or call UseOutbox(context) on its endpoint; or call WithoutOutbox(context) if it needs no outbox";

    protected override void Check()
    {
        var endpoints = ProbedEndpoint.AllOf(bus.GetProbeResult().Results).ToList();
        var wrong = Missing(endpoints).Concat(Second(endpoints)).ToList();
        if (wrong.Count > 0)
        {
            throw new OutboxConfigurationException(string.Join(Environment.NewLine, wrong));
        }
    }

    private IEnumerable<string> Missing(IEnumerable<ProbedEndpoint> endpoints)
    {
        var missing = endpoints.Where(e => e.HasConsumer && !registry.NeedsNoInbox(e.Queue)).Select(e => e.Queue).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            yield return $"A consumer of {string.Join(" and of ", missing)} has no inbox: duplicates would run it again, work that it stages would be rejected, and its tasks would never "
                + $"end. {HowTo}.";
        }
    }

    private IEnumerable<string> Second(IEnumerable<ProbedEndpoint> endpoints) =>
        from endpoint in endpoints
        where endpoint.SecondInbox is not null && pipelines.Find(endpoint.Queue) is not null
        select $"The endpoint {endpoint.Queue} has two inboxes: remove {endpoint.SecondInbox}, or call WithoutOutbox(context) on the endpoint.";
}
