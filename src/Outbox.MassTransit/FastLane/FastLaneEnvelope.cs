using System.Text.Json;
using MassTransit.Serialization;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>MassTransit's envelope with its message, deserialized once; MassTransit itself reads it three times.</summary>
internal sealed record FastLaneEnvelope<T>(
    Guid? MessageId, string[]? MessageType, T? Message, DateTime? SentTime, IReadOnlyDictionary<string, object>? Headers)
    where T : class
{
    /// <returns>Null if the pipeline has to consume or reject the message: it is no envelope of this type, or has other needs.</returns>
    public static FastLaneEnvelope<T>? Read(string? contentType, ReadOnlySpan<byte> body, string messageType)
    {
        try
        {
            return Envelope.IsEnvelope(contentType)
                && JsonSerializer.Deserialize<FastLaneEnvelope<T>>(body, SystemTextJsonMessageSerializer.Options) is { MessageId: not null, Message: not null } envelope
                && envelope.MessageType?.Contains(messageType, StringComparer.Ordinal) == true
                && envelope.Headers?.Keys.Any(key => FastLaneHeaders.NeedPipeline(key)) != true
                    ? envelope
                    : null;
        }
        catch (Exception)
        {
            return null; // also if the message's constructor throws; the pipeline reports it
        }
    }
}
