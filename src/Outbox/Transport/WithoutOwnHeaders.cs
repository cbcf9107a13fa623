using MassTransit;
using MassTransit.Context;

namespace Messaging.Outbox.Transport;

/// <summary>
/// A message without the outbox's headers: whatever is published, sent, answered or requested while it is consumed, and its
/// <c>Fault&lt;T&gt;</c>, takes over the headers that it has.
/// </summary>
internal sealed class WithoutOwnHeaders<T>(ConsumeContext<T> context) : ConsumeContextProxy<T>(context)
    where T : class
{
    public override Headers Headers => field ??= ApplicationHeaders.Of(base.Headers);
}
