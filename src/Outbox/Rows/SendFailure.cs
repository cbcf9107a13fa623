namespace Messaging.Outbox.Rows;

/// <summary>A message that could not be sent, and when it is due again.</summary>
internal sealed record SendFailure(OutboxMessage Message, TimeSpan Delay, string Error)
{
    /// <summary>The task whose row says why; null where the message is not to blame, or is none.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>Set when it is not tried again: what is kept of it.</summary>
    public UndeliveredMessage? Undeliverable { get; init; }
}
