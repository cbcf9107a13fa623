namespace Messaging.Outbox.Feed;

/// <summary>
/// A shared reading for each of many keys. Those that nobody looks at are forgotten when there are too many; a key for which there is no room then is read for its
/// caller alone.
/// </summary>
/// <param name="read">Reads the value of a key.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the process stops.</param>
/// <param name="longest">How old a reading that took long may get; ten seconds by default.</param>
internal sealed class SharedReadings<TKey, T>(Func<TKey, CancellationToken, Task<T>> read, TimeProvider time, CancellationToken stopping, TimeSpan? longest = null)
    : ISharedReadings
    where TKey : notnull
    where T : class
{
    /// <summary>The number of keys that are kept while nobody looks at them.</summary>
    public const int MaxIdle = 100;

    /// <summary>The number of keys that are kept.</summary>
    public const int MaxKeys = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, SharedReading<T>> _byKey = [];

    /// <summary>The number of keys.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Count;
            }
        }
    }

    /// <summary>The shared reading of a key.</summary>
    public SharedReading<T> Of(TKey key)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var known))
            {
                return known;
            }

            if (_byKey.Count >= MaxIdle)
            {
                foreach (var idle in _byKey.Where(k => k.Value.IsIdle).Select(k => k.Key).ToList())
                {
                    _byKey.Remove(idle);
                }
            }

            var added = new SharedReading<T>(token => read(key, token), time, stopping, longest);
            if (_byKey.Count < MaxKeys)
            {
                _byKey[key] = added;
            }

            return added;
        }
    }

    public void Forget()
    {
        lock (_lock)
        {
            foreach (var reading in _byKey.Values)
            {
                reading.Forget();
            }
        }
    }
}
