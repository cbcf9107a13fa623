using System.Text.Json;

namespace Messaging.Outbox.Bulk;

/// <summary>What a bulk action is about.</summary>
internal enum BulkSubject
{
    /// <summary>Tasks.</summary>
    Tasks = 0,

    /// <summary>Dead letters.</summary>
    DeadLetters = 1,
}

/// <summary>What a bulk action does.</summary>
internal enum BulkActionKind
{
    /// <summary>Cancels tasks.</summary>
    Cancel = 0,

    /// <summary>Retries tasks.</summary>
    Retry = 1,

    /// <summary>Redrives dead letters.</summary>
    Redrive = 2,

    /// <summary>Drops dead letters.</summary>
    Drop = 3,
}

/// <summary>The state of a bulk action.</summary>
internal enum BulkActionState
{
    /// <summary>A process runs it, or will take it.</summary>
    Running = 0,

    /// <summary>Everything that matched was decided.</summary>
    Done = 1,

    /// <summary>An operator stopped it; what was done until then stays done.</summary>
    Stopped = 2,

    /// <summary>The database refuses a change, or no step was finished for long; what was done before stays done.</summary>
    Failed = 3,
}

/// <summary>An action on more tasks or dead letters than one transaction takes.</summary>
internal sealed record BulkAction
{
    /// <summary>Its id, a UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it does.</summary>
    public required BulkActionKind Action { get; init; }

    /// <summary>What it is about.</summary>
    public required BulkSubject Subject { get; init; }

    /// <summary>Which ones.</summary>
    public required JsonElement Filter { get; init; }

    /// <summary>The other queue to which dead letters are redriven.</summary>
    public string? Queue { get; init; }

    /// <summary>What happens to the successors of tasks.</summary>
    public required SuccessorPolicy Successors { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string Who { get; init; }

    /// <summary>Its state.</summary>
    public required BulkActionState State { get; init; }

    /// <summary>How many matched when it was asked for; a lower bound if it is not exact.</summary>
    public required long Total { get; init; }

    /// <summary>False if there were too many to count.</summary>
    public required bool TotalIsExact { get; init; }

    /// <summary>How many were decided.</summary>
    public required long Done { get; init; }

    /// <summary>How many of them were changed.</summary>
    public required long Changed { get; init; }

    /// <summary>How many of them had changed before, or could not be changed.</summary>
    public required long Skipped { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The last error of its current step; of a failed action also what to do; or why some were skipped that could be changed in another way.</summary>
    public string? Error { get; init; }

    /// <summary>When a step that has failed is tried again; null if there is none, or if it is being tried.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
}

/// <summary>A bulk action as the process that runs it has read it.</summary>
internal sealed record RunningBulkAction
{
    /// <summary>The action.</summary>
    public required BulkAction Action { get; init; }

    /// <summary>Only what was there before this time.</summary>
    public required DateTimeOffset UpTo { get; init; }

    /// <summary>The number of steps that are committed.</summary>
    public required int Step { get; init; }

    /// <summary>The last id that was searched.</summary>
    public Guid? Position { get; init; }

    /// <summary>How often the current step has failed.</summary>
    public required int Failures { get; init; }

    /// <summary>How many the next step changes at most.</summary>
    public required int Size { get; init; }

    /// <summary>When the current step failed for the first time.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public BulkOrder Order => new(Action.Subject, Action.Action, Action.Filter) { Queue = Action.Queue, Successors = Action.Successors };
}
