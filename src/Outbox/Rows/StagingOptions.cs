namespace Messaging.Outbox.Rows;

/// <summary>What <see cref="IBackgroundTasks"/> says about a message, carried on its send context.</summary>
internal sealed class StagingOptions
{
    public required Guid Id { get; init; }
    public string? Kind { get; init; }
    public TimeSpan? Delay { get; init; }

    /// <summary>When it is due, instead of after a delay.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public StagingCondition? Condition { get; init; }
    public string? UniqueKey { get; init; }

    /// <summary>Whether it has a row by which it is followed.</summary>
    public bool IsTask { get; init; } = true;

    /// <summary>The tasks that have to succeed first.</summary>
    public IReadOnlyList<StagingOptions> Predecessors { get; init; } = [];

    /// <summary>Other tasks wait for this one.</summary>
    public bool HasSuccessors { get; set; }

    /// <summary>Its message has been made, for a commit: it is too late for others to come after it.</summary>
    public bool IsStaged { get; set; }

    /// <summary>Whether the message is stored; to be asked after the commands have run. What comes after others goes with them.</summary>
    public bool Holds =>
        (Condition is null || Condition.Holds) && (Predecessors.Count == 0 || HasStoredPredecessors);

    /// <summary>It is not due before another task has succeeded.</summary>
    public bool HasStoredPredecessors => Predecessors.Any(p => p.Holds);

    /// <summary>The tasks that have to succeed first and are stored.</summary>
    public IEnumerable<Guid> StoredPredecessors => Predecessors.Where(p => p.Holds).Select(p => p.Id);
}
