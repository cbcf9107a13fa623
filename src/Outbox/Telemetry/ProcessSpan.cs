using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>The span of one execution: a child of what enqueued its message, or a new trace with a link to its cause.</summary>
internal static class ProcessSpan
{
    private const string Operation = "process";

    /// <param name="address">The address of the queue.</param>
    /// <param name="queue">Its name.</param>
    /// <param name="trace">The trace of the message; null if it has none.</param>
    /// <param name="hasInner">
    /// Whether the consumer may wait for something that makes spans of its own. If the trace is not sampled, an unrecorded activity
    /// then keeps those from beginning traces.
    /// </param>
    /// <returns>Null if nothing is recorded. It is not current.</returns>
    public static Activity? Start(Uri address, string queue, TraceContext? trace, bool hasInner)
    {
        if (!OutboxTraces.AreOn || (trace is { IsRecorded: false } && !hasInner))
        {
            return null; // without parsing what most messages have where one trace in a hundred is sampled
        }

        var context = trace?.Parse();
        var span = context is not { } valid ? OutboxTraces.StartTrace(Operation, queue, ActivityKind.Consumer)
            : !trace!.IsRecorded ? OutboxTraces.StartUnrecorded(Operation, queue, trace.IsCause ? null : valid)
            : trace.IsCause ? OutboxTraces.StartLinked(Operation, queue, ActivityKind.Consumer, [new ActivityLink(valid)])
            : OutboxTraces.StartChild(Operation, queue, ActivityKind.Consumer, valid);
        if (span is { IsAllDataRequested: true })
        {
            MessagingTags.Set(span, Operation, Operation, OutboxTraces.SystemOf(address), queue);
        }

        return span;
    }
}
