using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.Store;

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

    /// <summary>What <see cref="BackgroundTasks"/> said of it.</summary>
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

/// <summary>A message as it lies in the outbox.</summary>
internal sealed record OutboxMessage
{
    public required long Id { get; init; }
    public required Guid MessageId { get; init; }
    public required int Attempts { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }
    public required string Metadata { get; init; }
    public required byte[] Body { get; init; }
    public string? Queue { get; init; }
    public QueuePriority Priority { get; init; } = QueuePriority.Normal;

    /// <summary>The urgent ones first, and then in the order in which they were stored.</summary>
    public static int ByPriority(OutboxMessage a, OutboxMessage b) =>
        a.Priority == b.Priority ? a.Id.CompareTo(b.Id) : a.Priority.CompareTo(b.Priority);
}

/// <summary>A message that could not be sent, and when it is due again.</summary>
internal sealed record SendFailure(OutboxMessage Message, TimeSpan Delay, string Error)
{
    /// <summary>The task whose row says why; null where the message is not to blame, or is none.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>Set when it is not tried again: what is kept of it.</summary>
    public UndeliveredMessage? Undeliverable { get; init; }
}

/// <summary>Something that happens once to a message: that a consumer consumed it, or that an endpoint put it off.</summary>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId);

/// <summary>What is done with already: keys that are there, and tasks that were cancelled.</summary>
internal sealed record InboxState(IReadOnlySet<InboxKey> Consumed, IReadOnlySet<Guid> Cancelled);

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

/// <summary>What a running attempt shows of itself.</summary>
internal sealed record RunningTask(Guid Id, int Attempt, DateTimeOffset StartedAt, int? Progress = null, string? ProgressText = null);

/// <summary>
/// One consumer is done with a message that came over a transport without a memory of its own. The row goes when the last
/// one is.
/// </summary>
internal readonly record struct Settlement(long OutboxId);

/// <summary>Rows older than these moments may go.</summary>
internal sealed record Retention(
    DateTimeOffset Inbox,
    DateTimeOffset SucceededTasks,
    DateTimeOffset FailedTasks,
    DateTimeOffset CancelledTasks,
    DateTimeOffset DeadLetters,
    DateTimeOffset Audit,
    DateTimeOffset IdempotencyAnswers,
    int Limit = 1_000);
