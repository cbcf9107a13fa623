using MassTransit;

namespace Messaging.Outbox.Transport;

/// <summary>Puts what is said of a message on its send context.</summary>
internal static class StagingOptionsExtensions
{
    /// <summary>Says to MassTransit what concerns it, and puts the rest on its context, for <see cref="StagedMessageFactory"/>.</summary>
    public static void ApplyTo(this StagingOptions options, SendContext context)
    {
        context.MessageId = options.Id;
        context.Delay = options.Delay;
        context.GetOrAddPayload(() => options);
    }
}
