namespace Messaging.Outbox;

/// <summary>Dead letters cannot go to a queue, because none of its consumers takes messages of their type.</summary>
public sealed class QueueTypeException : Exception
{
    internal QueueTypeException(string queue, string? messageType, IReadOnlyList<string> takers)
        : base(
            $"Queue {queue} takes no messages of type {messageType ?? "unknown"}. "
            + (takers.Count == 0 ? "No queue that workers have reported does: start a worker with a consumer for it." : $"These do: {string.Join(", ", takers)}.")) =>
        Takers = takers;

    /// <summary>The queues with a consumer for such messages, by name.</summary>
    public IReadOnlyList<string> Takers { get; }
}
