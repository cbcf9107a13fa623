using MassTransit;
using MassTransit.Context;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// A message without the outbox's headers, because MassTransit copies the headers of a message to everything that is published,
/// sent, answered or requested while it is consumed, and to its <c>Fault&lt;T&gt;</c>.
/// </summary>
internal sealed class WithoutOwnHeaders<T>(ConsumeContext<T> context) : ConsumeContextProxy<T>(context)
    where T : class
{
    public override Headers Headers => field ??= ApplicationHeaders.Of(base.Headers);
}
