namespace Messaging.Outbox;

/// <summary>Why a task is where it is. docs/operating/why.md has each with an example, and docs/decisions/0051 the order.</summary>
public enum TaskReasonCode
{
    /// <summary>It is not due yet.</summary>
    DueLater,

    /// <summary>An attempt failed, and the next one is not due yet.</summary>
    RetryDueLater,

    /// <summary>Tasks before it have not succeeded yet.</summary>
    WaitsForTasks,

    /// <summary>A task before it failed or was cancelled.</summary>
    BlockedByTask,

    /// <summary>Its queue is paused.</summary>
    QueuePaused,

    /// <summary>As many messages of its queue are in flight as its workers have slots.</summary>
    ConcurrencyLimit,

    /// <summary>Its queue has a rate limit, which its workers reach.</summary>
    RateLimit,

    /// <summary>No process that is alive consumes its queue.</summary>
    NoWorker,

    /// <summary>Messages of its queue are before it.</summary>
    BehindOthers,

    /// <summary>The broker is unavailable, as this process sees it, or refused its message.</summary>
    BrokerUnavailable,

    /// <summary>No process that is alive dispatches the outbox.</summary>
    NoDispatcher,

    /// <summary>It is due, and nothing but its dispatch is missing.</summary>
    AwaitsDispatch,

    /// <summary>Its message cannot be sent for a reason of its own: no queue takes it, for instance.</summary>
    Undeliverable,

    /// <summary>Its message was sent, and nothing that rows show holds it up.</summary>
    AtBroker,

    /// <summary>Its message was sent, and neither its queue nor a worker has it any more: the recovery sends it again.</summary>
    Lost,

    /// <summary>It is a poison message or beside one: its isolated execution has begun and has no outcome.</summary>
    Quarantined,

    /// <summary>It is running.</summary>
    Running,

    /// <summary>It failed, and its dead letter waits for a decision.</summary>
    DeadLettered,

    /// <summary>It failed, and its dead letter was dropped.</summary>
    Dropped,

    /// <summary>It failed, and the database has no dead letter of it.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It succeeded.</summary>
    Succeeded,
}
