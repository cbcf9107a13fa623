using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Dead-letters messages whose type no consumer of the queue takes.</summary>
internal sealed class SkippedFilter(DeadLettering letters) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await letters.SkipAsync(context.Received().Progress);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("skipped");
}
