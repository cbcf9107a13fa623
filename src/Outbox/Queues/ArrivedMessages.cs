namespace Messaging.Outbox.Queues;

/// <summary>The messages at a gate, and how long the oldest of them has been due.</summary>
internal sealed class ArrivedMessages(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<QueuePermit> _all = [];
    private TimeSpan _oldestSeen;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    public void Add(QueuePermit permit)
    {
        lock (_lock)
        {
            _all.Add(permit);
        }
    }

    /// <returns>False if it was released before.</returns>
    public bool Remove(QueuePermit permit)
    {
        lock (_lock)
        {
            if (!_all.Remove(permit))
            {
                return false;
            }

            var age = time.GetUtcNow() - permit.Since;
            _oldestSeen = age > _oldestSeen ? age : _oldestSeen;
            return true;
        }
    }

    /// <summary>
    /// How long the oldest message has been due, among those at the gate and those that left since the last call; null if there were
    /// none.
    /// </summary>
    public TimeSpan? TakeOldest()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var oldest = _all.Select(p => now - p.Since).Append(_oldestSeen).Max();
            _oldestSeen = TimeSpan.Zero;
            return oldest > TimeSpan.Zero ? oldest : null;
        }
    }
}
