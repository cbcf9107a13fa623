namespace Messaging.Outbox.Rows;

/// <summary>How an attempt ended. A unit of work with an outcome of a task that was cancelled is left out as a whole.</summary>
internal sealed record TaskOutcome(Guid Id, TaskState State, int Attempts, DateTimeOffset? StartedAt)
{
    /// <summary>From the commit on, for <see cref="TaskState.Retrying"/>.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public string? Error { get; init; }
    public string? Queue { get; init; }

    /// <summary>What the consumer returned, as JSON.</summary>
    public string? Result { get; init; }

    public int? Progress { get; init; }
    public string? ProgressText { get; init; }

    /// <summary>Other tasks wait for this one.</summary>
    public bool HasSuccessors { get; init; }

    /// <summary>Set by the store: the outcome changed the task's row, and is not one of a task that had ended before.</summary>
    public bool Wrote { get; set; } = true;

    /// <summary>Whose outcome it is, of a task that several consume; null for one that ends the task by itself.</summary>
    public TaskShare? Share { get; init; }

    /// <summary>
    /// What the task comes to by it. Of a task that several consume the store decides that in the transaction; null while others are not done.
    /// </summary>
    public TaskState? Written
    {
        get => Share is null ? State : field;
        set;
    }

    /// <summary>The attempts that failed and have not been written yet.</summary>
    public IReadOnlyList<TaskAttempt> FailedAttempts { get; init; } = [];
}
