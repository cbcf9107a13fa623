namespace Messaging.Outbox.History;

/// <summary>The rows of which a timeline is made.</summary>
internal sealed record TimelineRows(
    TaskRecord Task,
    IReadOnlyList<TaskAttempt> Attempts,
    IReadOnlyList<TimelineStep> Steps,
    IReadOnlyList<TimelineLetter> Letters,
    IReadOnlyList<AuditEntry> Audit,
    ILookup<DateTimeOffset, AuditEntry> Actions,
    Guid? CancelledWith,
    IReadOnlyList<TimelinePredecessor> Predecessors)
{
    public const int MaxAttempts = 200, MaxLetters = 100, MaxSteps = 300, MaxAudit = 100, MaxPredecessors = 1_000;

    /// <summary>Whether all rows were read that there are.</summary>
    public bool IsWhole => Attempts.Count < MaxAttempts && Letters.Count < MaxLetters && Steps.Count < MaxSteps && Audit.Count < MaxAudit && Predecessors.Count < MaxPredecessors;
}

/// <summary>A step of the task's message, as the inbox has it.</summary>
internal sealed record TimelineStep(string Kind, DateTimeOffset At);

/// <summary>A dead letter of the task.</summary>
internal sealed record TimelineLetter(Guid Id, string Queue, string Reason, string? Error, DeadLetterState State, DateTimeOffset DeadAt, DateTimeOffset? EndedAt);

/// <summary>A task before it.</summary>
internal sealed record TimelinePredecessor(Guid Id, string Kind, TaskState State, DateTimeOffset? FinishedAt);
