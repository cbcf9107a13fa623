using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>Attributes of OpenTelemetry's semantic conventions for messaging (stability: Development).</summary>
internal static class MessagingTags
{
    public const string MessageId = "messaging.message.id", BatchCount = "messaging.batch.message_count";

    public static void Set(Activity span, string name, string type, string system, string? destination)
    {
        span.SetTag("messaging.system", system).SetTag("messaging.operation.name", name).SetTag("messaging.operation.type", type);
        if (destination is not null)
        {
            span.SetTag("messaging.destination.name", destination);
        }
    }
}
