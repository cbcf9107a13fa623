using System.Diagnostics;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>
/// Tells whether somebody listens to the spans of RabbitMQ.Client. It then replaces the header <c>traceparent</c> of each message by
/// the span of its publish, a child of the batch that the message is in; so the message carries a copy of its own trace.
/// </summary>
internal static class ReplacedTrace
{
    private static readonly ActivitySource Publisher = new("RabbitMQ.Client.Publisher");

    public static bool IsOn => Publisher.HasListeners();
}
