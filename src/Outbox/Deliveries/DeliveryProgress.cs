using System.Diagnostics;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>
/// The state of a delivery while it is executed: its task, the attempts over retries, deferrals and redrives, and its failures.
/// </summary>
internal sealed class DeliveryProgress
{
    private static readonly RetryOptions DefaultPolicy = new();

    private readonly int _beforeRedrive;
    private readonly bool _hasSuccessors;
    private readonly ExpectedConsumers? _expected;
    private DateTimeOffset? _dueAt;

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

    /// <summary>How many times the message was deferred since it was enqueued or redriven.</summary>
    public int Redeliveries { get; }

    /// <summary>How many times the message was sent again after it became a dead letter.</summary>
    public int Redrives { get; }

    /// <summary>The part of the work that the message is for, counted from 0.</summary>
    public int Part { get; }

    /// <summary>The key of a unique task (<see cref="IBackgroundTasks.AddUniqueAsync{T}"/>).</summary>
    public string? UniqueKey { get; }

    /// <summary>The policy of the endpoint.</summary>
    public RetryOptions Policy { get; set; } = DefaultPolicy;

    /// <summary>The attempts at this delivery.</summary>
    public AttemptLog Log { get; }

    /// <summary>The trace to which the attempts belong: that of the message, or one that the first of them has begun; null without any.</summary>
    public TraceContext? Trace { get => field ??= TraceContext.Of(Message.HeaderText); set; }

    /// <summary>The span of the latest attempt; null if nothing is recorded.</summary>
    public Activity? LatestSpan { get; set; }

    /// <summary>The trace of whatever follows the delivery later: linked to the latest attempt, or else to what the message is linked to.</summary>
    public TraceContext? TraceOfNext => (TraceContext.Of(LatestSpan) ?? Trace)?.AsCause();

    /// <summary>
    /// The attempts at this message so far; if several consumers share the delivery, those of the consumer with the most.
    /// </summary>
    public int Attempts => Log.Count;

    /// <summary>
    /// Whether another queue determines the task's state: a queue that belongs to one process only gets a copy of the message.
    /// </summary>
    public bool EndsElsewhere { get; set; }

    /// <summary>Whether the attempts that the policy allows are used up.</summary>
    public bool IsExhausted => Attempts - _beforeRedrive >= Policy.MaxAttempts;

    /// <summary>The failure of an identified poison message; null if the message may be executed.</summary>
    public Exception? PoisonFailure { get; set; }

    /// <summary>The identity of the message; set when its envelope has been read.</summary>
    public Guid? MessageId { get; private set; }

    /// <summary>Sets since when the message has been due.</summary>
    public void IsDueSince(DateTimeOffset due) => _dueAt = due;

    /// <summary>Since when the message has been due; only the first execution gets it.</summary>
    public DateTimeOffset? TakeDueAt()
    {
        var due = _dueAt;
        _dueAt = null;
        return due;
    }

    /// <summary>Sets the identity.</summary>
    /// <param name="messageId">The original id; a deferred message may have a new one.</param>
    /// <param name="taskInBody">The task id in the body, for a message without headers; it counts only if it is the message's id.</param>
    public void Identify(Guid messageId, Guid? taskInBody = null)
    {
        MessageId = messageId;
        if (TaskId is null && Outside is null && taskInBody == messageId)
        {
            TaskId = messageId;
        }
    }

    /// <summary>
    /// The state of the task after this delivery, or after one of its consumers; null if the message is not a task or another
    /// queue determines its state.
    /// </summary>
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
