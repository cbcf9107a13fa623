using MassTransit;
using MassTransit.Context;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// A consume context that hides the outbox's headers. MassTransit copies the headers of a consumed message to its
/// <c>Fault&lt;T&gt;</c> and to every message that its consumer publishes, sends, requests or responds with.
/// </summary>
internal sealed class WithoutOwnHeaders<T>(ConsumeContext<T> context) : ConsumeContextProxy<T>(context)
    where T : class
{
    public override Headers Headers => field ??= ApplicationHeaders.Of(base.Headers);
}
