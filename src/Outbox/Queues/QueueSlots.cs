namespace Messaging.Outbox.Queues;

/// <summary>The slots of a gate: they limit the concurrency and the rate of messages. Not thread-safe: the gate locks.</summary>
internal sealed class QueueSlots(int limit, TimeProvider time)
{
    private readonly RateLimiter _rateLimiter = new(time);
    private bool _isOpen;
    private int _limit = limit;

    /// <summary>Slots that are taken.</summary>
    public int Running { get; private set; }

    /// <summary>Messages that have finished in a slot, with any outcome.</summary>
    public long Consumed { get; private set; }

    public void Set(bool isOpen, int limit, double? perSecond)
    {
        _isOpen = isOpen;
        _limit = limit;
        _rateLimiter.Set(perSecond);
    }

    /// <summary>Whether a slot is free, regardless of the rate.</summary>
    public bool IsFree => _isOpen && Running < _limit;

    /// <summary>Takes a free slot.</summary>
    /// <returns>Zero if the slot was taken; otherwise how long the rate delays the next message.</returns>
    public TimeSpan Take()
    {
        var wait = _rateLimiter.Take();
        if (wait <= TimeSpan.Zero)
        {
            Running++;
        }

        return wait;
    }

    /// <summary>Releases a slot.</summary>
    public void Release(bool isFinished)
    {
        Running--;
        Consumed += isFinished ? 1 : 0;
    }
}
