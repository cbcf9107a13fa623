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

    /// <summary>It has no signature although signatures are required (<see cref="SigningOptions"/>). It was never a task.</summary>
    Unsigned,

    /// <summary>Its signature is not that of its content, or of this queue, or made with a key that is not known. It was never a task.</summary>
    Forged,
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
