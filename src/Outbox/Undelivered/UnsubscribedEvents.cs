using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Undelivered;

/// <summary>
/// Counts events without subscribers, which the broker drops: the instrument <c>messaging.outbox.events.unsubscribed</c> of the
/// meter <c>Messaging.Outbox</c>, by the type's name. Each type is logged once.
/// </summary>
internal sealed partial class UnsubscribedEvents(IMeterFactory? meters, ILogger<UnsubscribedEvents> logger)
{
    public const string MeterName = "Messaging.Outbox", Instrument = "messaging.outbox.events.unsubscribed";

    /// <summary>The maximum number of types that are counted separately.</summary>
    private const int MaxTypes = 200;

    private readonly Counter<long> _dropped = (meters?.Create(MeterName) ?? new Meter(MeterName)).CreateCounter<long>(
        Instrument, "{event}", "Events that were dropped because they have no subscriber.");

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

        _dropped.Add(1, new KeyValuePair<string, object?>("messaging.message.type", type));
    }

    public static string NameOf(IReadOnlyList<string> messageTypes) => MessageMetadata.NameOf(messageTypes.FirstOrDefault()) ?? "unknown";

    [LoggerMessage(
        EventId = 1210, EventName = "EventUnsubscribed", Level = LogLevel.Information,
        Message = "Events of type {Type} have no subscriber: they are dropped and counted by {Instrument}")]
    private partial void LogUnsubscribed(string type, string instrument);
}
