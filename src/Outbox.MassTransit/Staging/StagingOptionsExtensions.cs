using MassTransit;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Applies the options of a message to its send context.</summary>
internal static class StagingOptionsExtensions
{
    /// <summary>Sets the message id and the delay, and adds the options as a payload for <see cref="StagedMessageFactory"/>.</summary>
    public static void ApplyTo(this StagingOptions options, SendContext context)
    {
        context.MessageId = options.Id;
        context.Delay = options.Delay;
        context.GetOrAddPayload(() => options);
    }
}
