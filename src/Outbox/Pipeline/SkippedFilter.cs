using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;

namespace Messaging.Outbox.Pipeline;

/// <summary>A message of a type that no consumer of its queue takes is dead-lettered.</summary>
internal sealed class SkippedFilter(DeadLettering letters) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await letters.SkipAsync(context.Received().Progress);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("skipped");
}
