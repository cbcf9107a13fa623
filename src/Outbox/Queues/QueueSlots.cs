namespace Messaging.Outbox.Queues;

/// <summary>How many messages may run at once, and how many a second. Not thread-safe: its gate locks.</summary>
internal sealed class QueueSlots(int limit, TimeProvider time)
{
    private readonly RateLimiter _rateLimiter = new(time);
    private bool _isOpen;
    private int _limit = limit;

    /// <summary>Slots that are taken.</summary>
    public int Running { get; private set; }

    /// <summary>Messages that were consumed in a slot.</summary>
    public long Consumed { get; private set; }

    public void Set(bool isOpen, int limit, double? perSecond)
    {
        _isOpen = isOpen;
        _limit = limit;
        _rateLimiter.Set(perSecond);
    }

    /// <summary>Whether a slot is free, whatever the rate says.</summary>
    public bool IsFree => _isOpen && Running < _limit;

    /// <summary>Takes a free slot.</summary>
    /// <returns>Zero when it is taken; otherwise how long the rate makes the next message wait.</returns>
    public TimeSpan Take()
    {
        var wait = _rateLimiter.Take();
        if (wait <= TimeSpan.Zero)
        {
            Running++;
        }

        return wait;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release(bool isConsumed)
    {
        Running--;
        Consumed += isConsumed ? 1 : 0;
    }
}
