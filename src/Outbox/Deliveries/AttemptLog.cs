using Messaging.Outbox.Redelivery;

namespace Messaging.Outbox.Deliveries;

/// <summary>The attempts at one delivery. Several consumers of its queue may share it, and run at the same time.</summary>
/// <param name="before">Attempts before this delivery.</param>
internal sealed class AttemptLog(int before)
{
    private readonly Lock _lock = new();
    private readonly List<(Guid Consumer, int Attempts, bool IsDone)> _consumers = new(1);
    private List<(Guid Consumer, TaskAttempt Attempt)>? _failed;

    /// <summary>Attempts so far; those of the consumer that has most.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                var most = 0;
                foreach (var consumer in _consumers)
                {
                    most = Math.Max(most, consumer.Attempts);
                }

                return before + most;
            }
        }
    }

    /// <summary>The consumers that have begun.</summary>
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

    /// <summary>When the latest attempt began; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <param name="consumer">Whose attempt begins; empty for one that is no consumer's.</param>
    /// <param name="now">When.</param>
    public void Start(Guid consumer, DateTimeOffset now)
    {
        Change(consumer, by: 1);
        StartedAt = now;
    }

    /// <summary>The attempt could not be made for want of the database, and that is no attempt.</summary>
    public void TakeBack(Guid consumer) => Change(consumer, by: -1);

    public void Fail(Guid consumer, DateTimeOffset now, Exception exception)
    {
        var attempt = new TaskAttempt(Count, StartedAt ?? now, now, WorkerName.Value, FailureText.Of(exception));
        lock (_lock)
        {
            (_failed ??= []).Add((consumer, attempt));
        }
    }

    /// <summary>The consumer's outcome is committed, with the attempts of it that failed.</summary>
    public void Succeed(Guid consumer) => Change(consumer, by: 0, isDone: true);

    /// <summary>Those of one consumer that failed, or of all that are not done and have written theirs.</summary>
    public IReadOnlyList<TaskAttempt> Failed(Guid? consumer)
    {
        lock (_lock)
        {
            return _failed is null
                ? []
                : [.. _failed.Where(f => consumer is { } own ? f.Consumer == own : !_consumers.Exists(c => c.Consumer == f.Consumer && c.IsDone)).Select(f => f.Attempt)];
        }
    }

    private void Change(Guid consumer, int by, bool isDone = false)
    {
        lock (_lock)
        {
            var index = _consumers.FindIndex(c => c.Consumer == consumer);
            if (index < 0)
            {
                _consumers.Add((consumer, by, isDone));
            }
            else
            {
                _consumers[index] = (consumer, _consumers[index].Attempts + by, _consumers[index].IsDone || isDone);
            }
        }
    }
}
