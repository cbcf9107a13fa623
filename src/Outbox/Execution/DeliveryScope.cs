using System.Collections;
using System.Diagnostics;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Execution;

/// <summary>
/// What a log entry within a delivery is about, in structured logs. The fast lane opens none: its entries name what they are about.
/// An entry that is written when no span is current, such as that of a failed attempt whose span is over, has the trace of the latest
/// attempt, or else that of the message. A struct, which is allocated only where a logger keeps scopes.
/// </summary>
internal readonly struct DeliveryScope(DeliveryProgress delivery) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const int WithoutTrace = 3;

    public int Count => TraceId is null ? WithoutTrace : WithoutTrace + 1;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Queue", delivery.Queue),
        1 => new("MessageId", delivery.MessageId ?? delivery.Message.MessageId),
        2 => new("TaskId", delivery.TaskId),
        WithoutTrace when TraceId is { } trace => new("TraceId", trace),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <summary>Null if a span is current, whose trace an entry has without a scope.</summary>
    private string? TraceId =>
        Activity.Current is null ? (TraceContext.Of(delivery.LatestSpan) ?? delivery.Trace)?.TraceId?.ToString("N") : null;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < WithoutTrace; i++)
        {
            yield return this[i];
        }

        if (TraceId is { } trace)
        {
            yield return new("TraceId", trace);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"Queue: {delivery.Queue}, message: {delivery.MessageId}, task: {delivery.TaskId}";
}
