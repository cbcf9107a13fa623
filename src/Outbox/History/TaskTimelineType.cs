namespace Messaging.Outbox;

/// <summary>What has happened to a task.</summary>
public enum TaskTimelineType
{
    /// <summary>It was stored.</summary>
    Enqueued,

    /// <summary>It waited for other tasks, or for its first attempt.</summary>
    Waited,

    /// <summary>An attempt that failed, succeeded, or left no outcome because its worker died.</summary>
    Attempt,

    /// <summary>A failed attempt was deferred.</summary>
    Deferred,

    /// <summary>Its isolated execution began, because too many deliveries had ended without an outcome.</summary>
    Quarantined,

    /// <summary>Its message became a dead letter.</summary>
    DeadLettered,

    /// <summary>The dead letter was redriven.</summary>
    Redriven,

    /// <summary>The dead letter was dropped.</summary>
    Dropped,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>An operator made it due at once, or brought it back.</summary>
    Retried,

    /// <summary>An attempt is running.</summary>
    Running,

    /// <summary>When the next attempt is due.</summary>
    RetryDue,

    /// <summary>When it is due.</summary>
    Due,

    /// <summary>It succeeded.</summary>
    Succeeded,

    /// <summary>It failed for good.</summary>
    Failed,
}
