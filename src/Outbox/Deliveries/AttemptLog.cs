using Messaging.Outbox.Store;

namespace Messaging.Outbox.Deliveries;

/// <summary>The attempts at one delivery. Several consumers of its queue may share it and run at the same time.</summary>
/// <param name="before">Attempts before this delivery.</param>
internal sealed class AttemptLog(int before)
{
    private readonly Lock _lock = new();
    private readonly List<(Guid Consumer, int Attempts, bool IsDone)> _consumers = new(1);
    private List<(Guid Consumer, TaskAttempt Attempt, Exception Exception)>? _failed;

    /// <summary>The attempts so far, of the consumer with the most.</summary>
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

    /// <summary>The consumers that have started.</summary>
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

    /// <summary>When the latest attempt started; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <param name="consumer">The consumer; empty for an attempt before any consumer.</param>
    /// <param name="now">The current time.</param>
    public void Start(Guid consumer, DateTimeOffset now)
    {
        Change(consumer, by: 1);
        StartedAt = now;
    }

    /// <summary>Undoes the start of an attempt that failed because the database was unavailable; it does not count.</summary>
    public void TakeBack(Guid consumer) => Change(consumer, by: -1);

    public void Fail(Guid consumer, DateTimeOffset now, Exception exception)
    {
        var attempt = new TaskAttempt(Count, StartedAt ?? now, now, WorkerName.Value, FailureText.Of(exception));
        lock (_lock)
        {
            (_failed ??= []).Add((consumer, attempt, exception));
        }
    }

    /// <summary>The consumer's last failure within this delivery; null if there is none.</summary>
    public Exception? LastFailureOf(Guid consumer)
    {
        lock (_lock)
        {
            return _failed?.FindLast(f => f.Consumer == consumer).Exception;
        }
    }

    /// <summary>Marks the consumer as finished: its outcome is committed, together with its failed attempts.</summary>
    public void Succeed(Guid consumer) => Change(consumer, by: 0, isDone: true);

    /// <summary>The failed attempts of one consumer, or, without one, of all consumers that have not finished.</summary>
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
