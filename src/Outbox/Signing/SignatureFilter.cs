using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.Signing;

/// <summary>
/// The first filter of an endpoint: what has no valid signature goes no further, unless the settings accept it as a message from outside
/// (<see cref="OutsideMessage"/>). It is acknowledged when it is kept as a dead letter, or dropped.
/// </summary>
/// <param name="queue">The queue that the messages were meant for.</param>
/// <param name="signer">Verifies.</param>
/// <param name="refused">Keeps what is refused.</param>
/// <param name="outlives">Whether the queue outlives this process, so that a dead letter could be sent there again.</param>
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

        refused.Note(queue, refusal.Reason);
        return refusal.IsUnsigned && !signer.IsRequired ? next.Send(context)
            : outlives ? refused.KeepAsync(message, queue, refusal)
            : Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("signature");
}
