using System.Diagnostics;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Telemetry;

/// <summary>The span of a batch from its sending to the last confirmation and the end of its claim.</summary>
internal static class DispatchSpan
{
    private const string Operation = "dispatch";

    private static readonly string TaskKey = $"\"{OutboxHeaders.TaskId}\":";

    /// <summary>Starts a new trace with links to the messages of the batch. It is not current.</summary>
    /// <returns>Null if none of the messages is recorded.</returns>
    public static Activity? Start(IReadOnlyList<OutboxMessage> batch)
    {
        if (!OutboxTraces.AreOn)
        {
            return null;
        }

        List<ActivityLink>? links = null;
        for (var i = 0; i < batch.Count && !(links?.Count >= OutboxTraces.MaxLinks); i++)
        {
            if (TraceContext.FindRecorded(batch[i].Metadata) is { } context)
            {
                (links ??= []).Add(new ActivityLink(context, TagsOf(batch[i])));
            }
        }

        var span = links is null ? null : OutboxTraces.StartLinked(Operation, destination: null, ActivityKind.Client, links);
        if (span is { IsAllDataRequested: true })
        {
            // one that cannot be parsed fails when its message is sent
            var system = Uri.TryCreate(batch[0].Destination, UriKind.Absolute, out var address) ? OutboxTraces.SystemOf(address) : "unknown";
            MessagingTags.Set(span, Operation, "send", system, destination: null);
            span.SetTag(MessagingTags.BatchCount, batch.Count);
        }

        return span;
    }

    /// <summary>Marks the span, which is current, as one whose batch was not sent completely.</summary>
    public static void Rescheduled(int count) => OutboxTraces.Recorded?.SetStatus(ActivityStatusCode.Error).SetTag("outbox.dispatch.rescheduled", count);

    private static ActivityTagsCollection TagsOf(OutboxMessage message)
    {
        var id = message.MessageId.ToString("D");
        var tags = new ActivityTagsCollection { [MessagingTags.MessageId] = id };
        if (message.Metadata.Contains(TaskKey, StringComparison.Ordinal))
        {
            tags[OutboxTraces.TaskId] = id;
        }

        return tags;
    }
}
