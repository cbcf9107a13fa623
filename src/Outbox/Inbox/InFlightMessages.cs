using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Messaging.Outbox.Inbox;

/// <summary>The messages that this process's consumers have in flight. A duplicate waits for the first execution.</summary>
internal sealed class InFlightMessages
{
    private readonly ConcurrentDictionary<InboxKey, TaskCompletionSource> _inFlight = new();

    /// <summary>Creates a holder of keys, which releases them when disposed.</summary>
    public Hold Open() => new(this);

    internal sealed class Hold(InFlightMessages owner) : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<InboxKey> _keys = new(1);

        /// <summary>Waits until the key is free, and takes it. If the wait is cancelled, all keys are released.</summary>
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

        /// <returns>False if the key is held, also by this holder.</returns>
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
