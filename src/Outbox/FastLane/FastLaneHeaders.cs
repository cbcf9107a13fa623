using System.Collections.Frozen;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.FastLane;

/// <summary>Says by the headers whether a delivery is a first one that needs no more than its rows to be written.</summary>
internal static class FastLaneHeaders
{
    /// <summary>MassTransit's own, such as those of a redelivery.</summary>
    private const string OfMassTransit = "MT-";

    private static readonly FrozenSet<string> OfPipeline =
        OutboxHeaders.OfDelivery.Append(OutboxHeaders.Part).Append(OutboxHeaders.UniqueKey).Append(OutboxHeaders.Consumers).Append(OutboxHeaders.Outside).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a message with such a header is for the pipeline: it came before, or needs more than its rows to be written.</summary>
    public static bool NeedPipeline(string header) => OfPipeline.Contains(header) || header.StartsWith(OfMassTransit, StringComparison.Ordinal);

    /// <summary>The same of all headers of a delivery; a task that is none is for the pipeline, too.</summary>
    public static bool NeedPipeline(OfferedDelivery offered)
    {
        foreach (var header in offered.HeaderNames)
        {
            if (NeedPipeline(header) || (string.Equals(header, OutboxHeaders.TaskId, StringComparison.Ordinal) && offered.HeaderGuid(header) is null))
            {
                return true;
            }
        }

        return false;
    }
}
