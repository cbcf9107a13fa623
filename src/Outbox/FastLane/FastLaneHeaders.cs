using System.Collections.Frozen;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.FastLane;

/// <summary>Decides by the headers whether a delivery needs the pipeline. First deliveries that only write rows do not.</summary>
internal static class FastLaneHeaders
{
    /// <summary>The prefix of the bus's headers, such as those of a redelivery.</summary>
    private const string OfBus = "MT-";

    /// <summary>The prefix of the headers of the bus's own spans, which change nothing.</summary>
    private const string OfBusTraces = "MT-Activity-";

    private static readonly FrozenSet<string> OfPipeline =
        OutboxHeaders.OfDelivery.Append(OutboxHeaders.Part).Append(OutboxHeaders.UniqueKey).Append(OutboxHeaders.Consumers).Append(OutboxHeaders.Outside).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a message with this header needs the pipeline: it was delivered before, or needs more than its rows written.
    /// </summary>
    public static bool NeedPipeline(string header) =>
        OfPipeline.Contains(header) || (header.StartsWith(OfBus, StringComparison.Ordinal) && !header.StartsWith(OfBusTraces, StringComparison.Ordinal));

    /// <summary>Whether one of the delivery's headers needs the pipeline; an invalid task id does too.</summary>
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
