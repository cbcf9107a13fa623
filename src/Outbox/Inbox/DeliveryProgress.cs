using System.Runtime.ExceptionServices;
using MassTransit;
using Messaging.Outbox.Direct;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// What is known of a delivery while it goes through the policies: its task, the attempts over retries, redeliveries and
/// redrives, and what failed. It belongs to the receive context, which a message has to itself even in a batch.
/// </summary>
internal sealed class DeliveryProgress
{
    private readonly List<TaskAttempt> _failedAttempts = [];
    private readonly int _before;
    private readonly int _beforeRedrive;
    private readonly bool _hasSuccessors;
    private int _current;
    private Exception? _latestFailure;

    private DeliveryProgress(ReceiveContext context)
    {
        Queue = context.QueueName();
        if (context.HasForeignTask())
        {
            return;
        }

        TaskId = context.HeaderGuid(OutboxHeaders.TaskId);
        Redeliveries = (int)(context.HeaderNumber(OutboxHeaders.Redeliveries) ?? 0);
        Redrives = (int)(context.HeaderNumber(OutboxHeaders.Redrives) ?? 0);
        Part = (int)(context.HeaderNumber(OutboxHeaders.Part) ?? 0);
        UniqueKey = context.HeaderText(OutboxHeaders.UniqueKey);
        _before = (int)(context.HeaderNumber(OutboxHeaders.Attempts) ?? 0);
        _beforeRedrive = (int)(context.HeaderNumber(OutboxHeaders.AttemptsBeforeRedrive) ?? 0);
        _hasSuccessors = context.HeaderText(OutboxHeaders.HasSuccessors) is not null;
    }

    /// <summary>That of a first delivery.</summary>
    public DeliveryProgress(string queue, DirectHeaders headers)
    {
        TaskId = headers.TaskId;
        Queue = queue;
        _hasSuccessors = headers.HasSuccessors;
    }

    public Guid? TaskId { get; set; }

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

    /// <summary>Attempts at this message so far.</summary>
    public int Attempts => _before + _current;

    /// <summary>Whether the attempts that the policy allows are used up.</summary>
    public bool IsExhausted => Attempts - _beforeRedrive >= Policy.MaxAttempts;

    /// <summary>When the latest attempt began; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>What failed for this message alone, which the exception of its whole batch does not tell.</summary>
    public Exception? OwnFault { get; set; }

    /// <summary>Why the message is not to be tried any more.</summary>
    public Exception? Verdict { get; set; }

    public static DeliveryProgress Of(ReceiveContext context) => context.GetOrAddPayload(() => new DeliveryProgress(context));

    public void Start(DateTimeOffset now)
    {
        _current++;
        StartedAt = now;
        OwnFault = null;
    }

    /// <summary>The attempt could not be made for want of the database, and that is no attempt.</summary>
    public void TakeBack() => _current--;

    public void Fail(DateTimeOffset now, Exception exception)
    {
        _latestFailure = exception;
        _failedAttempts.Add(new TaskAttempt(Attempts, StartedAt ?? now, now, WorkerName.Value, FailureText.Of(exception)));
    }

    /// <summary>An immediate retry that the policy does not allow any more ends as the attempt before it did.</summary>
    public void ThrowIfExhausted()
    {
        if (IsExhausted && _latestFailure is not null)
        {
            ExceptionDispatchInfo.Throw(_latestFailure);
        }
    }

    public TaskOutcome? Outcome(TaskState state, TimeSpan? retryDelay = null, string? error = null) =>
        TaskId is { } id
            ? new TaskOutcome(id, state, Attempts, StartedAt)
            {
                RetryDelay = retryDelay,
                Error = error,
                Queue = Queue,
                HasSuccessors = _hasSuccessors,
                FailedAttempts = [.. _failedAttempts],
            }
            : null;
}
