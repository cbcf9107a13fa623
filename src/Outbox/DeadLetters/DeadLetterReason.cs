namespace Messaging.Outbox;

/// <summary>Why a message was given up.</summary>
public enum DeadLetterReason
{
    /// <summary>Its last attempt failed, or it cannot be read.</summary>
    Failed,

    /// <summary>It came to a queue on which no consumer takes its type.</summary>
    Skipped,

    /// <summary>
    /// The broker delivered it too often without an outcome; or no queue takes it, or it could not be sent, for <see cref="OutboxOptions.UndeliverableAfter"/>.
    /// </summary>
    Undelivered,
}

/// <summary>What became of a message that was given up.</summary>
public enum DeadLetterState
{
    /// <summary>It waits for a decision.</summary>
    Dead = 0,

    /// <summary>It was sent again.</summary>
    Redriven = 1,

    /// <summary>It was decided to be of no more use; its task stays Failed.</summary>
    Dropped = 2,
}
