using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Dead-letters messages that no consumer of the endpoint consumes.</summary>
internal sealed class SkippedFilter(DeadLettering letters) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await letters.SkipAsync(context.Received().Progress);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("skipped");
}
