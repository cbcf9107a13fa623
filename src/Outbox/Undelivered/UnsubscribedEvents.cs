using System.Collections.Concurrent;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Undelivered;

/// <summary>
/// Counts events without subscribers, which the broker drops, in <c>outbox.messages.unsubscribed</c> by the type's name. Each type is
/// logged once.
/// </summary>
internal sealed partial class UnsubscribedEvents(OutboxMetrics metrics, ILogger<UnsubscribedEvents> logger)
{
    private const string Instrument = "outbox.messages.unsubscribed";

    /// <summary>The maximum number of types that are counted separately.</summary>
    private const int MaxTypes = 200;

    private readonly ConcurrentDictionary<string, bool> _types = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<string> messageTypes)
    {
        var type = NameOf(messageTypes);
        if (!_types.ContainsKey(type))
        {
            if (_types.Count >= MaxTypes)
            {
                type = "other";
            }

            if (_types.TryAdd(type, true))
            {
                LogUnsubscribed(type, Instrument);
            }
        }

        metrics.Unsubscribed(type);
    }

    public static string NameOf(IReadOnlyList<string> messageTypes) => MessageMetadata.NameOf(messageTypes.FirstOrDefault()) ?? "unknown";

    [LoggerMessage(
        EventId = 1210, EventName = "EventUnsubscribed", Level = LogLevel.Information,
        Message = "Events of type {Type} have no subscriber: they are dropped and counted by {Instrument}")]
    private partial void LogUnsubscribed(string type, string instrument);
}
