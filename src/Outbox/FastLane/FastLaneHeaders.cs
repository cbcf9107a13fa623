using System.Buffers.Text;
using System.Collections.Frozen;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.FastLane;

/// <summary>What the headers say of a first delivery.</summary>
/// <param name="TaskId">The task that it is; null for a message that is not followed.</param>
/// <param name="HasSuccessors">Whether other tasks wait for it.</param>
internal readonly record struct FastLaneHeaders(Guid? TaskId, bool HasSuccessors)
{
    /// <summary>MassTransit's own, such as those of a redelivery.</summary>
    private const string OfMassTransit = "MT-";

    private static readonly FrozenSet<string> OfPipeline =
        OutboxHeaders.OfDelivery.Append(OutboxHeaders.Part).Append(OutboxHeaders.UniqueKey).Append(OutboxHeaders.Consumers).Append(OutboxHeaders.Outside).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a message with such a header is for the pipeline: it came before, or needs more than its rows to be written.</summary>
    public static bool NeedPipeline(string header) => OfPipeline.Contains(header) || header.StartsWith(OfMassTransit, StringComparison.Ordinal);

    /// <returns>Null when the delivery is for the pipeline.</returns>
    public static FastLaneHeaders? Read(IEnumerable<KeyValuePair<string, object?>> headers)
    {
        Guid? taskId = null;
        var hasSuccessors = false;
        foreach (var (name, value) in headers)
        {
            switch (name)
            {
                case OutboxHeaders.TaskId:
                    if (!TryReadId(value, out var id))
                    {
                        return null;
                    }

                    taskId = id;
                    break;
                case OutboxHeaders.HasSuccessors:
                    hasSuccessors = true;
                    break;
                default:
                    if (NeedPipeline(name))
                    {
                        return null;
                    }

                    break;
            }
        }

        return new FastLaneHeaders(taskId, hasSuccessors);
    }

    private static bool TryReadId(object? value, out Guid id) =>
        value is byte[] bytes
            ? Utf8Parser.TryParse(bytes, out id, out var read) && read == bytes.Length
            : Guid.TryParse(HeaderText.Of(value), out id);
}
