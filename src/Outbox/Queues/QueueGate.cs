namespace Messaging.Outbox.Queues;

/// <summary>
/// Lets the messages of one queue through to its consumers: so many at once, so many a second, and none while the queue is paused
/// or its settings are not known yet. First come, first served. What waits here holds nothing but its place among the
/// messages that the broker handed over in advance.
/// </summary>
internal sealed class QueueGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Place> _waiting = new();
    private readonly HashSet<Place> _all = [];
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

    /// <summary>Whether what waits, and what comes, ends with an <see cref="OperationCanceledException"/>: the endpoint stops.</summary>
    public void Refuse(bool refuses)
    {
        lock (_lock)
        {
            _refuses = refuses;
            while (refuses && _waiting.TryDequeue(out var place))
            {
                place.Entry.TrySetCanceled();
            }
        }
    }

    /// <summary>Waits until the message may go. The place has to be given up after that.</summary>
    /// <param name="since">Since when the message has been due.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    public async ValueTask<Place> EnterAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (!TryArrive(since, out var place))
        {
            throw new OperationCanceledException("The endpoint stops.");
        }

        await EnterAsync(place, cancellationToken);
        return place;
    }

    /// <summary>Notes that a message is here, which has not asked to be let through.</summary>
    /// <param name="since">Since when the message has been due.</param>
    /// <param name="place">Its place, to be given up in the end.</param>
    /// <returns>False when the endpoint stops.</returns>
    public bool TryArrive(DateTimeOffset since, out Place place)
    {
        place = new Place(this, since);
        lock (_lock)
        {
            return !_refuses && _all.Add(place);
        }
    }

    /// <summary>Lets a message through that is here, if it need not wait.</summary>
    public bool TryEnter(Place place)
    {
        lock (_lock)
        {
            if (_refuses || !_isOpen || Running >= _limit || _waiting.Count > 0 || _rateLimiter.Take() > TimeSpan.Zero)
            {
                return false;
            }

            place.HasEntered = true;
            Running++;
            return true;
        }
    }

    /// <summary>Waits until a message that is here may go.</summary>
    /// <returns>False when the endpoint stops; the place is given up then.</returns>
    public async Task<bool> WaitAsync(Place place)
    {
        try
        {
            await EnterAsync(place, CancellationToken.None);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Waits until a message that is here may go. It gives up its place when that does not come to be.</summary>
    private async ValueTask EnterAsync(Place place, CancellationToken cancellationToken)
    {
        TaskCompletionSource entry;
        lock (_lock)
        {
            entry = place.Entry;
            if (_refuses)
            {
                entry.TrySetCanceled(cancellationToken);
            }
            else
            {
                _waiting.Enqueue(place);
            }
        }

        Pump();
        try
        {
            await using (cancellationToken.Register(() => entry.TrySetCanceled(cancellationToken)))
            {
                await entry.Task;
            }
        }
        catch
        {
            place.Dispose();
            throw;
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

    private void Pump()
    {
        lock (_lock)
        {
            while (_isOpen && Running < _limit && _waiting.TryPeek(out var next))
            {
                if (!next.Entry.Task.IsCompleted)
                {
                    var wait = _rateLimiter.Take();
                    if (wait > TimeSpan.Zero)
                    {
                        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                        return;
                    }

                    if (next.Entry.TrySetResult())
                    {
                        next.HasEntered = true;
                        Running++;
                    }
                }

                _waiting.Dequeue();
            }
        }
    }

    private void Leave(Place place, bool isConsumed)
    {
        lock (_lock)
        {
            if (!_all.Remove(place))
            {
                return;
            }

            var age = _time.GetUtcNow() - place.Since;
            _oldestSeen = age > _oldestSeen ? age : _oldestSeen;
            if (place.HasEntered)
            {
                Running--;
                Consumed += isConsumed ? 1 : 0;
            }
        }

        Pump();
    }

    /// <summary>A message here.</summary>
    internal sealed class Place(QueueGate gate, DateTimeOffset since) : IDisposable
    {
        public DateTimeOffset Since => since;

        /// <summary>For a message that waits.</summary>
        public TaskCompletionSource Entry => field ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the message was let through.</summary>
        public bool HasEntered { get; set; }

        /// <summary>Gives the place up for a message that comes again, and was not consumed.</summary>
        public void Abandon() => gate.Leave(this, isConsumed: false);

        public void Dispose() => gate.Leave(this, isConsumed: true);
    }
}
