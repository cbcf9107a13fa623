using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;

namespace Messaging.Outbox.Pipeline;

/// <summary>
/// Takes what lies in a queue's <c>_error</c> or <c>_skipped</c> queue into the store. The delivery is acknowledged after the commit. It comes first on its
/// endpoint, and nothing comes after it.
/// </summary>
/// <param name="queue">The queue that the messages were meant for.</param>
/// <param name="otherwise">Why they are there, as far as they do not say so themselves.</param>
/// <param name="letters">Makes dead letters of them.</param>
internal sealed class DeadLetterCollector(string queue, DeadLetterReason otherwise, DeadLettering letters) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => letters.CollectAsync(context.Received().Progress, queue, otherwise);

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetterCollector");
}
