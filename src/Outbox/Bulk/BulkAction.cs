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

    /// <summary>One step failed again and again; what was done before stays done.</summary>
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

    /// <summary>The last error of its current step; or why some were skipped that could be changed in another way.</summary>
    public string? Error { get; init; }
}

/// <summary>A bulk action as the process that runs it has read it.</summary>
/// <param name="Action">The action.</param>
/// <param name="UpTo">Only what was there before this time.</param>
/// <param name="Step">The number of steps that are committed.</param>
/// <param name="Position">The last id that was searched.</param>
/// <param name="Failures">How often the current step has failed.</param>
internal sealed record RunningBulkAction(BulkAction Action, DateTimeOffset UpTo, int Step, Guid? Position, int Failures)
{
    public BulkOrder Order => new(Action.Subject, Action.Action, Action.Filter) { Queue = Action.Queue, Successors = Action.Successors };
}
