namespace Messaging.Outbox.Dispatch;

/// <summary>
/// How many messages the next claim may take. A claim is held in memory until it is sent, and its size in bytes is not known before: a backlog of large messages would end a process of
/// little memory, which would claim the same again after its restart. So the first claim is small, and those that follow go by the sizes of the one before.
/// </summary>
/// <param name="max">The maximum number.</param>
internal sealed class ClaimSize(int max)
{
    private const int First = 50;

    /// <summary>What a claim may take, roughly; there are two at a time, and a process copies what it sends.</summary>
    private const long Bytes = 32 * 1_024 * 1_024;

    public int Next { get; private set; } = Math.Min(First, max);

    public void Claimed(IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count > 0)
        {
            var bytes = messages.Sum(message => (long)message.Body.Length + message.Metadata.Length);
            Next = (int)Math.Clamp(Bytes * messages.Count / Math.Max(1, bytes), 1, max);
        }
    }
}
