using System.Collections.Concurrent;

namespace Messaging.Outbox.Inbox;

/// <summary>The messages that consumers of this process have in hand. A second delivery of one waits for the first.</summary>
internal sealed class InFlightMessages
{
    private readonly ConcurrentDictionary<InboxKey, TaskCompletionSource> _inHand = new();

    /// <summary>Takes all keys, always in the same order, so that two holders cannot wait for each other.</summary>
    public async Task<IDisposable> EnterAsync(IReadOnlyList<InboxKey> keys, CancellationToken cancellationToken)
    {
        var hold = new Hold(this);
        try
        {
            foreach (var key in keys.Count == 1 ? keys : [.. keys.Distinct().OrderBy(k => k.MessageId).ThenBy(k => k.ConsumerId)])
            {
                while (!hold.TryTake(key, out var holder))
                {
                    await holder.WaitAsync(cancellationToken);
                }
            }

            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private sealed class Hold(InFlightMessages owner) : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<InboxKey> _keys = [];

        public bool TryTake(InboxKey key, out Task holder)
        {
            var current = owner._inHand.GetOrAdd(key, _released);
            holder = current.Task;
            if (current != _released)
            {
                return false;
            }

            _keys.Add(key);
            return true;
        }

        public void Dispose()
        {
            foreach (var key in _keys)
            {
                owner._inHand.TryRemove(key, out _);
            }

            _released.TrySetResult();
        }
    }
}
