namespace Messaging.Outbox.Queues;

/// <summary>Since when a message has been due.</summary>
internal static class DueSince
{
    /// <param name="sentTime">When it was sent, in any kind of time; null when it does not say.</param>
    /// <param name="time">Says what to take then.</param>
    public static DateTimeOffset Of(DateTime? sentTime, TimeProvider time) =>
        sentTime is { } sent ? new DateTimeOffset(sent.ToUniversalTime(), TimeSpan.Zero) : time.GetUtcNow();
}
