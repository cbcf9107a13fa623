using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>The span of a commit.</summary>
internal static class CommitSpan
{
    private const string Operation = "commit", Units = "outbox.commit.units";

    /// <summary>Starts the span of a group commit: a new trace with links to its units. It is not current.</summary>
    /// <returns>Null if none of the units is recorded.</returns>
    public static Activity? Start(IReadOnlyList<StagedWork> group)
    {
        if (!OutboxTraces.AreOn)
        {
            return null;
        }

        List<ActivityLink>? links = null;
        for (var i = 0; i < group.Count && !(links?.Count >= OutboxTraces.MaxLinks); i++)
        {
            if (group[i].Span is { } span)
            {
                (links ??= []).Add(new ActivityLink(span.Context));
            }
        }

        return links is null ? null : OutboxTraces.StartLinked(Operation, destination: null, ActivityKind.Internal, links)?.SetTag(Units, group.Count);
    }

    /// <summary>Starts the span of a unit with a transaction of its own, which is committed at once: a child of the current span.</summary>
    public static Activity? StartAlone() =>
        OutboxTraces.Recorded is null ? null : OutboxTraces.StartHere(Operation, destination: null, ActivityKind.Internal)?.SetTag(Units, 1);
}
