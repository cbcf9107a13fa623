namespace Messaging.Outbox;

/// <summary>The result of an action on a task.</summary>
public enum ControlResult
{
    /// <summary>The action was executed.</summary>
    Done,

    /// <summary>The task is already in the requested state.</summary>
    Unchanged,

    /// <summary>The task does not exist, or is past its retention.</summary>
    NotFound,

    /// <summary>The action is not allowed in the task's state.</summary>
    Refused,
}

/// <summary>The outcome of an action on a task.</summary>
/// <param name="Result">The result.</param>
/// <param name="From">The state of the task before the action.</param>
public sealed record ControlOutcome(ControlResult Result, TaskState? From)
{
    /// <summary>The number of successors that were cancelled or restored with the task.</summary>
    public int Successors { get; init; }

    /// <summary>Why the action was refused, if the state alone does not explain it.</summary>
    public string? Reason { get; init; }
}
