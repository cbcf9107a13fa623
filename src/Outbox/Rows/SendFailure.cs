namespace Messaging.Outbox.Rows;

/// <summary>A message that could not be sent, and the delay until it is due again.</summary>
internal sealed record SendFailure(OutboxMessage Message, TimeSpan Delay, string Error)
{
    /// <summary>The task whose row shows the error; null if the message is not the cause, or is not a task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The dead letter, if sending is not retried.</summary>
    public UndeliveredMessage? Undeliverable { get; init; }
}
