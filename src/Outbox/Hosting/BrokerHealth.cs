namespace Messaging.Outbox.Hosting;

/// <summary>The health check of the broker, which the room of the broker adds.</summary>
internal static class BrokerHealth
{
    public const string Name = "outbox-broker";
}
