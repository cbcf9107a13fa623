using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// Moves messages from a queue's <c>_error</c> or <c>_skipped</c> queue to the store. The delivery is acknowledged after the
/// commit. It does not call the next filter.
/// </summary>
/// <param name="queue">The queue to which the messages were sent originally.</param>
/// <param name="otherwise">The reason of dead letters whose headers contain none.</param>
/// <param name="letters">Stores dead letters.</param>
internal sealed class DeadLetterCollector(string queue, DeadLetterReason otherwise, DeadLettering letters) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => letters.CollectAsync(context.Received().Progress, queue, otherwise);

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetterCollector");
}
