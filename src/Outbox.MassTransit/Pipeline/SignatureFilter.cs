using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.Signing;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// The first receive filter of an endpoint. It refuses messages with an invalid signature, and unsigned ones if signatures are
/// required, unless the settings accept an unsigned message as one from outside (<see cref="OutsideMessage"/>). A refused message
/// is stored as a dead letter, or dropped if its queue is deleted with the process, and then acknowledged.
/// </summary>
/// <param name="queue">The queue to which the messages were sent.</param>
/// <param name="signer">Verifies signatures.</param>
/// <param name="refused">Stores refused messages.</param>
/// <param name="outlives">Whether the queue outlives this process, so that a dead letter can be redriven to it.</param>
internal sealed class SignatureFilter(string queue, MessageSigner signer, RefusedMessages refused, bool outlives) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var message = context.Received();
        var refusal = signer.Check(message, queue);
        if (refusal is { IsUnsigned: true } && signer.IsAcceptedUnsigned(message, queue))
        {
            message.MarkOutside();
            refusal = null;
        }

        if (refusal is null)
        {
            return next.Send(context);
        }

        refused.Count(queue, refusal.Reason);
        return refusal.IsUnsigned && !signer.IsRequired ? next.Send(context)
            : outlives ? refused.KeepAsync(message, queue, refusal)
            : Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("signature");
}
