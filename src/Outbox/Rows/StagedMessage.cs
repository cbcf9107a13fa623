namespace Messaging.Outbox.Rows;

/// <summary>A message as it was staged, to be written with the unit of work it belongs to.</summary>
internal sealed record StagedMessage
{
    public required Guid MessageId { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Asked for when the row is written, so that one whose condition does not hold is not serialized.</summary>
    public required Lazy<MessageContent> Content { get; init; }

    /// <summary>From the commit on; zero is due at once.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When it is due, instead of after a delay: a moment of the store's clock. One that has passed at the commit is at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The queue that it will come to, as far as it is known.</summary>
    public string? Queue { get; init; }

    public QueuePriority Priority { get; init; } = QueuePriority.Normal;

    /// <summary>What the task is called, for a message that is to be tracked; its id is the message's.</summary>
    public string? TaskKind { get; init; }

    /// <summary>What <see cref="IBackgroundTasks"/> said of it.</summary>
    public StagingOptions? Options { get; init; }

    /// <summary>Whether it is stored; to be asked after the commands have run.</summary>
    public bool Holds => Options?.Holds ?? true;

    public bool IsConditional => Options?.Condition is not null;

    /// <summary>Tasks of the same unit of work that have to succeed before this one is due.</summary>
    public IReadOnlyList<Guid> Predecessors => [.. Options?.StoredPredecessors ?? []];

    /// <summary>The row is looked for by its message: it is due later, or not before another task has succeeded.</summary>
    public bool Waits => IsLater || HasPredecessors;

    public bool HasPredecessors => Options?.HasStoredPredecessors == true;

    /// <summary>As far as it is known before the commit, which alone can tell whether <see cref="DueAt"/> has passed.</summary>
    public TaskState FirstState => HasPredecessors ? TaskState.Waiting : IsLater ? TaskState.Scheduled : TaskState.Queued;

    private bool IsLater => Delay > TimeSpan.Zero || DueAt is not null;
}

/// <summary>What of a message is serialized.</summary>
/// <param name="Metadata">What it needs besides its body to be sent, as JSON.</param>
/// <param name="Body">Its envelope, or what else its serializer makes of it.</param>
internal sealed record MessageContent(string Metadata, byte[] Body)
{
    /// <summary>What is serialized already.</summary>
    public static Lazy<MessageContent> Of(string metadata, byte[] body) => new(new MessageContent(metadata, body));
}
