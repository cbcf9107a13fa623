namespace Messaging.Outbox.Queues;

/// <summary>
/// Controls how many messages of a queue reach its consumers: a maximum number at once, a maximum rate, and none while the queue
/// is paused or its settings are not known yet. First in, first out. A message that waits here counts as one of those that the
/// broker has prefetched.
/// </summary>
internal sealed class QueueGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<QueuePermit> _waiting = new();
    private readonly ArrivedMessages _arrived;
    private readonly QueueSlots _slots;
    private readonly ITimer _timer;
    private bool _refuses;
    private CancellationTokenSource _stop = new();

    public QueueGate(int limit, TimeProvider time)
    {
        _arrived = new ArrivedMessages(time);
        _slots = new QueueSlots(limit, time);
        _timer = time.CreateTimer(_ => Pump(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Messages that have entered and have not finished.</summary>
    public int Running => _slots.Running;

    /// <summary>Messages that have entered and have finished, with any outcome: consumed, deferred or dead-lettered.</summary>
    public long Consumed => _slots.Consumed;

    /// <summary>Messages at the gate, including waiting ones.</summary>
    public int Arrived => _arrived.Count;

    /// <summary>Cancelled when the endpoint stops.</summary>
    public CancellationToken Stopping
    {
        get
        {
            lock (_lock)
            {
                return _stop.Token;
            }
        }
    }

    public void Set(bool isOpen, int limit, double? perSecond)
    {
        lock (_lock)
        {
            _slots.Set(isOpen, limit, perSecond);
        }

        Pump();
    }

    /// <summary>Refuses all messages, waiting and new ones, while the endpoint stops.</summary>
    public void Refuse(bool refuses)
    {
        lock (_lock)
        {
            _refuses = refuses;
            while (refuses && _waiting.TryDequeue(out var permit))
            {
                permit.TryDecide(enters: false);
            }

            if (refuses)
            {
                _ = _stop.CancelAsync();
            }
            else if (_stop.IsCancellationRequested)
            {
                _stop = new CancellationTokenSource();
            }
        }
    }

    /// <summary>Registers a message that has arrived. It takes no slot before <see cref="QueuePermit.EnterAsync"/>.</summary>
    /// <param name="since">When it became due.</param>
    /// <returns>The permit to enter with, which must be released; null if the endpoint stops.</returns>
    public QueuePermit? Arrive(DateTimeOffset since)
    {
        lock (_lock)
        {
            if (_refuses)
            {
                return null;
            }

            var permit = new QueuePermit(this, since);
            _arrived.Add(permit);
            return permit;
        }
    }

    /// <inheritdoc cref="ArrivedMessages.TakeOldest"/>
    public TimeSpan? TakeOldest() => _arrived.TakeOldest();

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

        Pump(); // starts the timer for the next message of a limited rate
        return cancellationToken.CanBeCanceled ? new ValueTask<bool>(permit.WaitAsync(wait, cancellationToken)) : new ValueTask<bool>(wait);
    }

    /// <inheritdoc cref="QueuePermit.Dispose"/>
    internal void Leave(QueuePermit permit, bool isFinished)
    {
        lock (_lock)
        {
            if (!_arrived.Remove(permit))
            {
                return;
            }

            permit.TryDecide(enters: false);
            if (permit.HasEntered)
            {
                _slots.Release(isFinished);
            }
        }

        Pump();
    }

    /// <summary>
    /// Admits waiting messages while there are free slots. A permit is decided under the lock, or by its own cancellation.
    /// </summary>
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
                        _slots.Release(isFinished: false);
                    }
                }

                _waiting.Dequeue();
            }
        }
    }
}
