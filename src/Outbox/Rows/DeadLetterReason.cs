namespace Messaging.Outbox;

/// <summary>Why a message was dead-lettered.</summary>
public enum DeadLetterReason
{
    /// <summary>The last attempt failed, or the message cannot be read.</summary>
    Failed,

    /// <summary>No consumer on its queue takes messages of its type.</summary>
    Skipped,

    /// <summary>
    /// The broker delivered it too many times without an outcome; or no queue takes it, or it could not be sent, for
    /// <see cref="OutboxOptions.UndeliverableAfter"/>.
    /// </summary>
    Undelivered,

    /// <summary>It has no signature although signatures are required (<see cref="SigningOptions"/>). It has no task.</summary>
    Unsigned,

    /// <summary>Its signature does not match its content or this queue, or was made with an unknown key. It has no task.</summary>
    Forged,
}

/// <summary>The state of a dead letter.</summary>
public enum DeadLetterState
{
    /// <summary>Waits for a decision.</summary>
    Dead = 0,

    /// <summary>Sent again.</summary>
    Redriven = 1,

    /// <summary>Dropped; its task stays Failed.</summary>
    Dropped = 2,
}
