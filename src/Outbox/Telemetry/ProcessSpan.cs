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
        if (!OutboxTraces.AreOn)
        {
            return null;
        }

        var context = trace?.Parse();
        var span = context is not { } valid ? OutboxTraces.StartTrace(Operation, queue, ActivityKind.Consumer)
            : !trace!.IsRecorded ? Unrecorded(queue, trace.IsCause ? null : valid, hasInner)
            : trace.IsCause ? OutboxTraces.StartLinked(Operation, queue, ActivityKind.Consumer, [new ActivityLink(valid)])
            : OutboxTraces.StartChild(Operation, queue, ActivityKind.Consumer, valid);
        if (span is { IsAllDataRequested: true })
        {
            MessagingTags.Set(span, Operation, Operation, OutboxTraces.SystemOf(address), queue);
        }

        return span;
    }

    private static Activity? Unrecorded(string queue, ActivityContext? parent, bool hasInner) =>
        hasInner ? OutboxTraces.StartUnrecorded(Operation, queue, parent) : null;
}
