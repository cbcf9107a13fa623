namespace Messaging.Outbox.Execution;

/// <summary>The state of an execution. Each step processes open executions; only the last step processes the others.</summary>
internal enum ExecutionState
{
    /// <summary>Continues with the next step.</summary>
    Open,

    /// <summary>Nothing to do: consumed before, or its task was cancelled. Acknowledged without an effect.</summary>
    Done,

    /// <summary>Its effects are committed.</summary>
    Committed,

    /// <summary>Failed; the delivery decides what follows.</summary>
    Failed,

    /// <summary>Has to leave the fast lane, because it would have to wait or has failed.</summary>
    NeedsPipeline,
}
