namespace Messaging.Outbox.Rows;

/// <summary>A staged message, which is written with its unit of work.</summary>
internal sealed record StagedMessage
{
    public required Guid MessageId { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Created when the row is written, so that a message whose condition is false is not serialized.</summary>
    public required Lazy<MessageContent> Content { get; init; }

    /// <summary>The delay from the commit; zero means due at once.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The due time by the store's clock, instead of a delay. A time in the past means at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The queue of the message, if it is known.</summary>
    public string? Queue { get; init; }

    public QueuePriority Priority { get; init; } = QueuePriority.Normal;

    /// <summary>The short name of the message type; null for a message that is only sent again.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of the task, for a tracked message; the task's id is that of the message.</summary>
    public string? TaskKind { get; init; }

    /// <summary>What is kept of the message for as long as the task; null for an untracked message. Created when the row is written, like <see cref="Content"/>.</summary>
    public Lazy<TaskContent?>? Kept { get; init; }

    /// <summary>The trace in which it was enqueued; null without one.</summary>
    public Guid? TraceId { get; init; }

    /// <summary>Whether that trace is sampled. Only then the task is in the index of traces.</summary>
    public bool IsTraceRecorded { get; init; }

    /// <summary>The options that <see cref="IBackgroundTasks"/> set.</summary>
    public StagingOptions? Options { get; init; }

    /// <summary>Whether the message is stored; known after the commands have run.</summary>
    public bool Holds => Options?.Holds ?? true;

    public bool IsConditional => Options?.Condition is not null;

    /// <summary>The predecessors of the task in the same unit of work.</summary>
    public IReadOnlyList<Guid> Predecessors => [.. Options?.StoredPredecessors ?? []];

    /// <summary>Whether the row is looked up by its message: it is due later, or after its predecessors.</summary>
    public bool Waits => IsLater || HasPredecessors;

    public bool HasPredecessors => Options?.HasStoredPredecessors == true;

    /// <summary>The state before the commit. Only the commit can determine whether <see cref="DueAt"/> has passed.</summary>
    public TaskState FirstState => HasPredecessors ? TaskState.Waiting : IsLater ? TaskState.Scheduled : TaskState.Queued;

    private bool IsLater => Delay > TimeSpan.Zero || DueAt is not null;
}

/// <summary>The serialized parts of a message.</summary>
/// <param name="Metadata">The data besides the body that is needed to send it, as JSON.</param>
/// <param name="Body">The envelope, or another format of its serializer.</param>
internal sealed record MessageContent(string Metadata, byte[] Body)
{
    /// <summary>Wraps content that is already serialized.</summary>
    public static Lazy<MessageContent> Of(string metadata, byte[] body) => new(new MessageContent(metadata, body));
}
