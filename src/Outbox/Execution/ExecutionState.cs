namespace Messaging.Outbox.Execution;

/// <summary>How far an execution has got. A step works on what is open; what has left that state is touched by the last step only.</summary>
internal enum ExecutionState
{
    /// <summary>It goes on with the next step.</summary>
    Open,

    /// <summary>There is nothing to do: consumed before, or its task was cancelled. Acknowledged without an effect.</summary>
    Done,

    /// <summary>Its effects are stored.</summary>
    Committed,

    /// <summary>It has failed: the delivery's decision follows.</summary>
    Failed,

    /// <summary>It would have to wait, or has failed, where nothing may: it leaves the fast lane.</summary>
    NeedsPipeline,
}
