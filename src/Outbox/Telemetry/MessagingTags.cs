using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>Attributes of OpenTelemetry's semantic conventions for messaging (stability: Development).</summary>
internal static class MessagingTags
{
    public const string MessageId = "messaging.message.id", BatchCount = "messaging.batch.message_count";

    public static void Set(Activity span, string name, string type, string system, string? destination)
    {
        span.AddTag("messaging.system", system).AddTag("messaging.operation.name", name).AddTag("messaging.operation.type", type); // SetTag would search them first
        if (destination is not null)
        {
            span.AddTag("messaging.destination.name", destination);
        }
    }
}
