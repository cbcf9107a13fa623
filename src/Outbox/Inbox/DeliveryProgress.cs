using System.Runtime.ExceptionServices;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// What is known of a delivery while it goes through the policies: its task, the attempts over retries, redeliveries and
/// redrives, and what failed. It belongs to the receive context.
/// </summary>
internal sealed class DeliveryProgress
{
    private readonly Lock _lock = new();
    private readonly List<(Guid Consumer, TaskAttempt Attempt)> _failedAttempts = [];
    private readonly List<(Guid Consumer, int Attempts, bool IsDone)> _consumers = new(1);
    private readonly int _before;
    private readonly int _beforeRedrive;
    private readonly bool _hasSuccessors;
    private readonly ExpectedConsumers? _expected;
    private Exception? _latestFailure;

    public DeliveryProgress(ReceivedMessage message)
    {
        Queue = message.Queue;
        Outside = message.Outside;
        if (Outside is { HasOwnHeaders: false } || message.HasForeignTask)
        {
            return;
        }

        TaskId = Outside is null ? message.HeaderGuid(OutboxHeaders.TaskId) : null;
        Redeliveries = (int)(message.HeaderNumber(OutboxHeaders.Redeliveries) ?? 0);
        Redrives = (int)(message.HeaderNumber(OutboxHeaders.Redrives) ?? 0);
        Part = (int)(message.HeaderNumber(OutboxHeaders.Part) ?? 0);
        UniqueKey = message.HeaderText(OutboxHeaders.UniqueKey);
        _before = (int)(message.HeaderNumber(OutboxHeaders.Attempts) ?? 0);
        _beforeRedrive = (int)(message.HeaderNumber(OutboxHeaders.AttemptsBeforeRedrive) ?? 0);
        _hasSuccessors = message.HeaderText(OutboxHeaders.HasSuccessors) is not null;
        _expected = ExpectedConsumers.Parse(message.HeaderText(OutboxHeaders.Consumers));
    }

    /// <summary>That of a first delivery.</summary>
    public DeliveryProgress(string queue, FastLaneHeaders headers)
    {
        TaskId = headers.TaskId;
        Queue = queue;
        _hasSuccessors = headers.HasSuccessors;
    }

    public Guid? TaskId { get; set; }

    /// <summary>Set for a message that was accepted from outside.</summary>
    public OutsideMessage? Outside { get; }

    public string Queue { get; }

    /// <summary>How often the message was put off since it was handed on, or redriven.</summary>
    public int Redeliveries { get; }

    /// <summary>How often the message was sent again after it had been given up.</summary>
    public int Redrives { get; }

    /// <summary>Which part of its work the message is for, counted from 0.</summary>
    public int Part { get; }

    /// <summary>The key of a task that may wait only once.</summary>
    public string? UniqueKey { get; }

    /// <summary>The policy of the endpoint.</summary>
    public RetryOptions Policy { get; set; } = new();

    /// <summary>Attempts at this message so far; where several consumers share a delivery, those of the one that has most.</summary>
    public int Attempts
    {
        get
        {
            lock (_lock)
            {
                return _before + (_consumers.Count == 0 ? 0 : _consumers.Max(c => c.Attempts));
            }
        }
    }

    /// <summary>The consumers of this delivery that have begun with it.</summary>
    public IReadOnlyList<Guid> Consumers
    {
        get
        {
            lock (_lock)
            {
                return [.. _consumers.Select(c => c.Consumer).Where(c => c != Guid.Empty)];
            }
        }
    }

    /// <summary>
    /// The task is another queue's to end: a process that has a queue of its own gets the message besides.
    /// </summary>
    public bool EndsElsewhere { get; set; }

    /// <summary>Whether the attempts that the policy allows are used up.</summary>
    public bool IsExhausted => Attempts - _beforeRedrive >= Policy.MaxAttempts;

    /// <summary>When the latest attempt began; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Why the message is not to be tried any more.</summary>
    public Exception? Verdict { get; set; }

    public void Start(Guid consumer, DateTimeOffset now)
    {
        Change(consumer, c => c with { Attempts = c.Attempts + 1 });
        StartedAt = now;
    }

    /// <summary>The attempt could not be made for want of the database, and that is no attempt.</summary>
    public void TakeBack(Guid consumer) => Change(consumer, c => c with { Attempts = c.Attempts - 1 });

    public void Fail(Guid consumer, DateTimeOffset now, Exception exception)
    {
        _latestFailure = exception;
        var attempt = new TaskAttempt(Attempts, StartedAt ?? now, now, WorkerName.Value, FailureText.Of(exception));
        lock (_lock)
        {
            _failedAttempts.Add((consumer, attempt));
        }
    }

    /// <summary>The consumer's outcome is committed, with the attempts of it that failed.</summary>
    public void Succeed(Guid consumer) => Change(consumer, c => c with { IsDone = true });

    /// <summary>An immediate retry that the policy does not allow any more ends as the attempt before it did.</summary>
    public void ThrowIfExhausted()
    {
        if (IsExhausted && _latestFailure is not null)
        {
            ExceptionDispatchInfo.Throw(_latestFailure);
        }
    }

    /// <summary>How the task stands after what became of this delivery, or of one of its consumers.</summary>
    public TaskOutcome? Outcome(TaskState state, TimeSpan? retryDelay = null, string? error = null, Guid? consumer = null) =>
        TaskId is { } id && !EndsElsewhere
            ? new TaskOutcome(id, state, Attempts, StartedAt)
            {
                RetryDelay = retryDelay,
                Error = error,
                Queue = Queue,
                HasSuccessors = _hasSuccessors,
                Share = _expected is null ? null : new TaskShare(consumer, Queue, _expected),
                FailedAttempts = FailedAttempts(consumer),
            }
            : null;

    /// <summary>Those of one consumer, or of all that are not done and have written theirs.</summary>
    private IReadOnlyList<TaskAttempt> FailedAttempts(Guid? consumer)
    {
        lock (_lock)
        {
            return _failedAttempts.Count == 0
                ? []
                : [.. _failedAttempts.Where(f => consumer is { } own ? f.Consumer == own : !_consumers.Exists(c => c.Consumer == f.Consumer && c.IsDone)).Select(f => f.Attempt)];
        }
    }

    private void Change(Guid consumer, Func<(Guid Consumer, int Attempts, bool IsDone), (Guid Consumer, int Attempts, bool IsDone)> change)
    {
        lock (_lock)
        {
            var index = _consumers.FindIndex(c => c.Consumer == consumer);
            if (index < 0)
            {
                index = _consumers.Count;
                _consumers.Add((consumer, 0, false));
            }

            _consumers[index] = change(_consumers[index]);
        }
    }
}
