using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>
/// What is known of a delivery while it is executed: its task, the attempts over retries, deferrals and redrives, and what failed.
/// </summary>
internal sealed class DeliveryProgress
{
    private static readonly RetryOptions DefaultPolicy = new();

    private readonly int _beforeRedrive;
    private readonly bool _hasSuccessors;
    private readonly ExpectedConsumers? _expected;

    public DeliveryProgress(ReceivedMessage message)
    {
        Message = message;
        if (message.Outside is { HasOwnHeaders: false } || message.HasForeignTask)
        {
            Log = new AttemptLog(before: 0);
            return;
        }

        TaskId = message.Outside is null ? message.HeaderGuid(OutboxHeaders.TaskId) : null;
        Redeliveries = (int)(message.HeaderNumber(OutboxHeaders.Redeliveries) ?? 0);
        Redrives = (int)(message.HeaderNumber(OutboxHeaders.Redrives) ?? 0);
        Part = (int)(message.HeaderNumber(OutboxHeaders.Part) ?? 0);
        UniqueKey = message.HeaderText(OutboxHeaders.UniqueKey);
        Log = new AttemptLog((int)(message.HeaderNumber(OutboxHeaders.Attempts) ?? 0));
        _beforeRedrive = (int)(message.HeaderNumber(OutboxHeaders.AttemptsBeforeRedrive) ?? 0);
        _hasSuccessors = message.HeaderText(OutboxHeaders.HasSuccessors) is not null;
        _expected = ExpectedConsumers.Parse(message.HeaderText(OutboxHeaders.Consumers));
    }

    public ReceivedMessage Message { get; }

    public Guid? TaskId { get; private set; }

    /// <summary>Set for a message that was accepted from outside.</summary>
    public OutsideMessage? Outside => Message.Outside;

    public string Queue => Message.Queue;

    /// <summary>How often the message was deferred since it was enqueued, or redriven.</summary>
    public int Redeliveries { get; }

    /// <summary>How often the message was sent again after it had been dead-lettered.</summary>
    public int Redrives { get; }

    /// <summary>Which part of its work the message is for, counted from 0.</summary>
    public int Part { get; }

    /// <summary>The key of a task that may wait only once.</summary>
    public string? UniqueKey { get; }

    /// <summary>The policy of the endpoint.</summary>
    public RetryOptions Policy { get; set; } = DefaultPolicy;

    /// <summary>What the attempts have come to.</summary>
    public AttemptLog Log { get; }

    /// <summary>Attempts at this message so far; where several consumers share a delivery, those of the one that has most.</summary>
    public int Attempts => Log.Count;

    /// <summary>
    /// The task is another queue's to end: a process that has a queue of its own gets the message besides.
    /// </summary>
    public bool EndsElsewhere { get; set; }

    /// <summary>Whether the attempts that the policy allows are used up.</summary>
    public bool IsExhausted => Attempts - _beforeRedrive >= Policy.MaxAttempts;

    /// <summary>Why a quarantined message is not to be tried any more.</summary>
    public Exception? Verdict { get; set; }

    /// <summary>The identity of the message; set when its envelope has been read.</summary>
    public Guid? MessageId { get; private set; }

    /// <summary>Sets the identity.</summary>
    /// <param name="messageId">As it was at first: one that is deferred may have a new one.</param>
    /// <param name="taskInBody">The task that the body names, for one that came without its headers: a task's id is its message's.</param>
    public void Identify(Guid messageId, Guid? taskInBody = null)
    {
        MessageId = messageId;
        if (TaskId is null && Outside is null && taskInBody == messageId)
        {
            TaskId = messageId;
        }
    }

    /// <summary>How the task stands after what became of this delivery, or of one of its consumers.</summary>
    public TaskOutcome? Outcome(TaskState state, TimeSpan? retryDelay = null, string? error = null, Guid? consumer = null) =>
        TaskId is { } id && !EndsElsewhere
            ? new TaskOutcome(id, state, Attempts, Log.StartedAt)
            {
                RetryDelay = retryDelay,
                Error = error,
                Queue = Queue,
                HasSuccessors = _hasSuccessors,
                Share = _expected is null ? null : new TaskShare(consumer, Queue, _expected),
                FailedAttempts = Log.Failed(consumer),
            }
            : null;
}
