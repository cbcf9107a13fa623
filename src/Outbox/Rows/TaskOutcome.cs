namespace Messaging.Outbox.Rows;

/// <summary>The outcome of an attempt. If the task was cancelled, the unit of work with the outcome is skipped.</summary>
internal sealed record TaskOutcome(Guid Id, TaskState State, int Attempts, DateTimeOffset? StartedAt)
{
    /// <summary>The delay from the commit, for <see cref="TaskState.Retrying"/>.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public string? Error { get; init; }
    public string? Queue { get; init; }

    /// <summary>The consumer's result as JSON.</summary>
    public string? Result { get; init; }

    public int? Progress { get; init; }
    public string? ProgressText { get; init; }

    /// <summary>Whether other tasks wait for this one.</summary>
    public bool HasSuccessors { get; init; }

    /// <summary>Set by the store: whether the outcome changed the task's row; false if the task had ended before.</summary>
    public bool Wrote { get; set; } = true;

    /// <summary>Whether the store is to set <see cref="SinceAccepted"/>.</summary>
    public bool MeasuresEffect { get; set; }

    /// <summary>Set by the store if the outcome changed the task's row: the time since it was accepted, by the store's clock.</summary>
    public TimeSpan? SinceAccepted { get; set; }

    /// <summary>The consumer's part, for a task with several consumers; null for an outcome that ends the task alone.</summary>
    public TaskShare? Share { get; init; }

    /// <summary>
    /// The task's new state. For a task with several consumers the store determines it in the transaction; null while other
    /// consumers are not done.
    /// </summary>
    public TaskState? Written
    {
        get => Share is null ? State : field;
        set;
    }

    /// <summary>Failed attempts that are not written yet.</summary>
    public IReadOnlyList<TaskAttempt> FailedAttempts { get; init; } = [];
}
