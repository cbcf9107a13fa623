namespace Messaging.Outbox.Execution;

/// <summary>The state of an execution. The steps process only open executions, except for the last step, which processes all.</summary>
internal enum ExecutionState
{
    /// <summary>Continues with the next step.</summary>
    Open,

    /// <summary>Nothing to do: consumed before, or its task was cancelled. Acknowledged without an effect.</summary>
    Done,

    /// <summary>Its effects are committed.</summary>
    Committed,

    /// <summary>Failed; the delivery is retried, deferred or dead-lettered.</summary>
    Failed,

    /// <summary>Must leave the fast lane for the pipeline, because it would have to wait or has failed.</summary>
    NeedsPipeline,
}
