using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>The span of a message that is staged, and the context that its row carries.</summary>
internal static class EnqueueSpan
{
    /// <summary>Starts the span, which becomes current.</summary>
    /// <param name="destination">The queue if it is known, otherwise the type.</param>
    /// <param name="messageType">The name of the type.</param>
    /// <param name="address">The address to which it will be sent.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="isTask">Whether it is tracked: then its id is that of the task.</param>
    /// <returns>Ends the span.</returns>
    public static OpenSpan Start(string destination, string messageType, Uri address, Guid messageId, bool isTask)
    {
        var span = OutboxTraces.StartHere("enqueue", destination, ActivityKind.Producer);
        if (span is { IsAllDataRequested: true })
        {
            MessagingTags.Set(span, "enqueue", "create", OutboxTraces.SystemOf(address), destination);
            var id = messageId.ToString("D");
            span.AddTag(MessagingTags.MessageId, id).AddTag(OutboxTraces.MessageType, messageType);
            if (isTask)
            {
                span.AddTag(OutboxTraces.TaskId, id);
            }
        }

        return new OpenSpan(span);
    }

    /// <summary>The context for the row of a message: that of the running code, or else that of the message being consumed.</summary>
    /// <param name="received">The trace of the message being consumed, for a process in which nothing is recorded.</param>
    /// <param name="runsLater">Whether the message has a delay, a due time or predecessors.</param>
    public static TraceContext? ContextFor(TraceContext? received, bool runsLater)
    {
        var here = TraceContext.Current ?? received;
        return runsLater ? here?.AsCause() : here;
    }

    /// <summary>
    /// Whether the task is found by its trace with an index. A caller's flag alone is not enough: somebody has to record, here or where the
    /// message being consumed comes from.
    /// </summary>
    public static bool IsRecorded(TraceContext? context, TraceContext? received) =>
        context is { IsRecorded: true } && (OutboxTraces.AreOn || received is not null);
}
