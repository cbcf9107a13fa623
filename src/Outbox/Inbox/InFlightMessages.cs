using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Messaging.Outbox.Inbox;

/// <summary>The messages that consumers of this process have in flight. A second delivery of one waits for the first.</summary>
internal sealed class InFlightMessages
{
    private readonly ConcurrentDictionary<InboxKey, TaskCompletionSource> _inFlight = new();

    /// <summary>Something that holds keys, until it is disposed of.</summary>
    public Hold Open() => new(this);

    /// <summary>Takes all keys, always in the same order, so that two holders cannot wait for each other.</summary>
    public async Task<IDisposable> EnterAsync(IReadOnlyList<InboxKey> keys, CancellationToken cancellationToken)
    {
        var hold = Open();
        foreach (var key in keys.Distinct().OrderBy(k => k.MessageId).ThenBy(k => k.ConsumerId))
        {
            await hold.TakeAsync(key, cancellationToken);
        }

        return hold;
    }

    internal sealed class Hold(InFlightMessages owner) : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<InboxKey> _keys = new(1);

        /// <summary>Waits for whoever holds the key. What is held goes when the wait is cancelled.</summary>
        public async ValueTask TakeAsync(InboxKey key, CancellationToken cancellationToken)
        {
            try
            {
                while (!TryTake(key, out var holder))
                {
                    await holder.WaitAsync(cancellationToken);
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <returns>False when somebody holds the key, also this one.</returns>
        public bool TryTake(InboxKey key, [NotNullWhen(false)] out Task? holder)
        {
            while (!owner._inFlight.TryAdd(key, _released))
            {
                if (owner._inFlight.TryGetValue(key, out var current))
                {
                    holder = current.Task;
                    return false;
                }
            }

            _keys.Add(key);
            holder = null;
            return true;
        }

        public void Dispose()
        {
            foreach (var key in _keys)
            {
                owner._inFlight.TryRemove(key, out _);
            }

            _keys.Clear();
            _released.TrySetResult();
        }
    }
}
