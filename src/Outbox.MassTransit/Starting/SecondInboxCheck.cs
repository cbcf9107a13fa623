using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Pipelines;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>Stops the start when an endpoint of the outbox has an outbox of MassTransit too.</summary>
internal sealed class SecondInboxCheck(IBusControl bus, OutboxPipelines pipelines) : StartCheck
{
    protected override void Check()
    {
        var second = ProbedOutboxes.SecondOf(bus.GetProbeResult().Results).Where(s => pipelines.Find(s.Queue) is not null).Distinct().ToList();
        if (second.Count > 0)
        {
            throw new OutboxConfigurationException(string.Join(
                Environment.NewLine,
                second.Select(s => $"The endpoint {s.Queue} has two inboxes: remove {s.Call}, or call WithoutOutbox(context) on the endpoint.")));
        }
    }
}
