namespace Messaging.Outbox.Queues;

/// <summary>
/// Lets the messages of one queue through to its consumers: so many at once, so many a second, and none while the queue is paused
/// or its settings are not known yet. First come, first served. What waits here is one of the messages that the broker delivered in advance.
/// </summary>
internal sealed class QueueGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<QueuePermit> _waiting = new();
    private readonly PresentMessages _present;
    private readonly QueueSlots _slots;
    private readonly ITimer _timer;
    private bool _refuses;

    public QueueGate(int limit, TimeProvider time)
    {
        _present = new PresentMessages(time);
        _slots = new QueueSlots(limit, time);
        _timer = time.CreateTimer(_ => Pump(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Messages that were let through and are not done.</summary>
    public int Running => _slots.Running;

    /// <summary>Messages that were let through and are done.</summary>
    public long Consumed => _slots.Consumed;

    /// <summary>Messages here, waiting ones included.</summary>
    public int Present => _present.Count;

    public void Set(bool isOpen, int limit, double? perSecond)
    {
        lock (_lock)
        {
            _slots.Set(isOpen, limit, perSecond);
        }

        Pump();
    }

    /// <summary>Whether nothing enters any more, neither what waits nor what comes: the endpoint stops.</summary>
    public void Refuse(bool refuses)
    {
        lock (_lock)
        {
            _refuses = refuses;
            while (refuses && _waiting.TryDequeue(out var permit))
            {
                permit.TryDecide(enters: false);
            }
        }
    }

    /// <summary>A message is here, which has not asked to enter.</summary>
    /// <param name="since">Since when it has been due.</param>
    /// <returns>What it enters by, to be released in the end; null when the endpoint stops.</returns>
    public QueuePermit? Arrive(DateTimeOffset since)
    {
        lock (_lock)
        {
            if (_refuses)
            {
                return null;
            }

            var permit = new QueuePermit(this, since);
            _present.Add(permit);
            return permit;
        }
    }

    /// <inheritdoc cref="PresentMessages.TakeOldest"/>
    public TimeSpan? TakeOldest() => _present.TakeOldest();

    public void Dispose() => _timer.Dispose();

    /// <inheritdoc cref="QueuePermit.EnterAsync"/>
    internal ValueTask<bool> EnterAsync(QueuePermit permit, CancellationToken cancellationToken)
    {
        Task<bool> wait;
        lock (_lock)
        {
            if (_refuses || cancellationToken.IsCancellationRequested)
            {
                return new ValueTask<bool>(false);
            }

            if (_waiting.Count == 0 && _slots.IsFree && _slots.Take() <= TimeSpan.Zero)
            {
                permit.HasEntered = true;
                return new ValueTask<bool>(true);
            }

            wait = permit.Wait();
            _waiting.Enqueue(permit);
        }

        Pump(); // which sets the clock for the next of a limited rate
        return cancellationToken.CanBeCanceled ? new ValueTask<bool>(permit.WaitAsync(wait, cancellationToken)) : new ValueTask<bool>(wait);
    }

    /// <inheritdoc cref="QueuePermit.Dispose"/>
    internal void Leave(QueuePermit permit, bool isConsumed)
    {
        lock (_lock)
        {
            if (!_present.Remove(permit))
            {
                return;
            }

            permit.TryDecide(enters: false);
            if (permit.HasEntered)
            {
                _slots.Release(isConsumed);
            }
        }

        Pump();
    }

    /// <summary>Lets in what waits, as far as there is a slot. Whether a permit still waits is decided under the lock, or by its own cancellation.</summary>
    private void Pump()
    {
        lock (_lock)
        {
            while (_slots.IsFree && _waiting.TryPeek(out var next))
            {
                if (!next.IsDecided)
                {
                    var wait = _slots.Take();
                    if (wait > TimeSpan.Zero)
                    {
                        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                        return;
                    }

                    if (next.TryDecide(enters: true))
                    {
                        next.HasEntered = true;
                    }
                    else
                    {
                        _slots.Release(isConsumed: false);
                    }
                }

                _waiting.Dequeue();
            }
        }
    }
}
