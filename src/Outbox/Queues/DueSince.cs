namespace Messaging.Outbox.Queues;

/// <summary>Determines since when a message has been due.</summary>
internal static class DueSince
{
    /// <param name="sentTime">When it was sent, in UTC or local time; null if unknown.</param>
    /// <param name="time">The clock; its current time is used if the sent time is unknown.</param>
    public static DateTimeOffset Of(DateTime? sentTime, TimeProvider time) =>
        sentTime is { } sent ? new DateTimeOffset(sent.ToUniversalTime(), TimeSpan.Zero) : time.GetUtcNow();
}
