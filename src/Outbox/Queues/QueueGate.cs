namespace Messaging.Outbox.Queues;

/// <summary>
/// Lets the messages of one queue through to its consumers: so many at once, so many a second, and none while the queue is paused
/// or its settings are not known yet. First come, first served. What waits here is one of the
/// messages that the broker handed over in advance.
/// </summary>
internal sealed class QueueGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<QueuePermit> _waiting = new();
    private readonly HashSet<QueuePermit> _all = [];
    private readonly TimeProvider _time;
    private readonly RateLimiter _rateLimiter;
    private readonly ITimer _timer;
    private bool _isOpen;
    private bool _refuses;
    private int _limit;
    private TimeSpan _oldestSeen;

    public QueueGate(int limit, TimeProvider time)
    {
        _limit = limit;
        _time = time;
        _rateLimiter = new RateLimiter(time);
        _timer = time.CreateTimer(_ => Pump(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Messages that were let through and are not done.</summary>
    public int Running { get; private set; }

    /// <summary>Messages that were let through and are done.</summary>
    public long Consumed { get; private set; }

    /// <summary>Messages here, waiting ones included.</summary>
    public int Present
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    public void Set(bool isOpen, int limit, double? perSecond)
    {
        lock (_lock)
        {
            _isOpen = isOpen;
            _limit = limit;
            _rateLimiter.Set(perSecond);
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
            _all.Add(permit);
            return permit;
        }
    }

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

            if (_isOpen && Running < _limit && _waiting.Count == 0 && _rateLimiter.Take() <= TimeSpan.Zero)
            {
                Let(permit);
                return new ValueTask<bool>(true);
            }

            wait = permit.Wait();
            _waiting.Enqueue(permit);
        }

        Pump(); // which sets the clock for the next of a limited rate
        return cancellationToken.CanBeCanceled ? new ValueTask<bool>(WaitAsync(permit, wait, cancellationToken)) : new ValueTask<bool>(wait);
    }

    private static async Task<bool> WaitAsync(QueuePermit permit, Task<bool> wait, CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(() => permit.TryDecide(enters: false)))
        {
            return await wait;
        }
    }

    /// <summary>How long the oldest message has been due, of those here and those that were here since the last call; null for none.</summary>
    public TimeSpan? TakeOldest()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var oldest = _all.Select(p => now - p.Since).Append(_oldestSeen).Max();
            _oldestSeen = TimeSpan.Zero;
            return oldest > TimeSpan.Zero ? oldest : null;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <inheritdoc cref="QueuePermit.Dispose"/>
    internal void Leave(QueuePermit permit, bool isConsumed)
    {
        lock (_lock)
        {
            if (!_all.Remove(permit))
            {
                return;
            }

            permit.TryDecide(enters: false);

            var age = _time.GetUtcNow() - permit.Since;
            _oldestSeen = age > _oldestSeen ? age : _oldestSeen;
            if (permit.HasEntered)
            {
                Running--;
                Consumed += isConsumed ? 1 : 0;
            }
        }

        Pump();
    }

    private void Pump()
    {
        lock (_lock)
        {
            while (_isOpen && Running < _limit && _waiting.TryPeek(out var next))
            {
                if (!next.IsDecided)
                {
                    var wait = _rateLimiter.Take();
                    if (wait > TimeSpan.Zero)
                    {
                        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                        return;
                    }

                    if (next.TryDecide(enters: true))
                    {
                        Let(next);
                    }
                }

                _waiting.Dequeue();
            }
        }
    }

    private void Let(QueuePermit permit)
    {
        permit.HasEntered = true;
        Running++;
    }
}
