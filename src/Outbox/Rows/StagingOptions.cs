namespace Messaging.Outbox.Rows;

/// <summary>The options of a message that <see cref="IBackgroundTasks"/> adds, carried on its send context.</summary>
internal sealed class StagingOptions
{
    public required Guid Id { get; init; }
    public string? Kind { get; init; }
    public TimeSpan? Delay { get; init; }

    /// <summary>The due time, instead of a delay.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public StagingCondition? Condition { get; init; }
    public string? UniqueKey { get; init; }

    /// <summary>The task whose message is run again.</summary>
    public Guid? RunAgainOf { get; init; }

    /// <summary>Where the message is sent to; null to publish it.</summary>
    public Uri? Address { get; init; }

    /// <summary>Whether the message is tracked by a task row.</summary>
    public bool IsTask { get; init; } = true;

    /// <summary>The tasks that have to succeed first.</summary>
    public IReadOnlyList<StagingOptions> Predecessors { get; init; } = [];

    /// <summary>Whether other tasks wait for this one.</summary>
    public bool HasSuccessors { get; set; }

    /// <summary>Whether the message was created for a commit: then successors can no longer be added.</summary>
    public bool IsStaged { get; set; }

    /// <summary>
    /// Whether the message is stored; known after the commands have run. A successor is only stored if one of its predecessors
    /// is.
    /// </summary>
    public bool Holds =>
        (Condition is null || Condition.Holds) && (Predecessors.Count == 0 || HasStoredPredecessors);

    /// <summary>Whether it waits for the success of another stored task.</summary>
    public bool HasStoredPredecessors => Predecessors.Any(p => p.Holds);

    /// <summary>The stored predecessors.</summary>
    public IEnumerable<Guid> StoredPredecessors => Predecessors.Where(p => p.Holds).Select(p => p.Id);
}
