using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Messaging.Outbox.Transport;

/// <summary>
/// The consumers of this process by message type, and which of them only stage; recorded while the endpoints are configured. For
/// the in-memory transport it gives the number of consumers that have to finish before a row is deleted.
/// </summary>
internal sealed class ConsumerRegistry
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _needNoInbox = [];
    private readonly HashSet<(string Queue, string MessageType, string Consumer)> _consumers = [];
    private readonly HashSet<(string Queue, string MessageType)> _outside = [];
    private readonly ConcurrentDictionary<string, bool> _staging = new(StringComparer.Ordinal);

    private volatile FrozenSet<string> _instances = []; // read for each message, changed at the start
    private volatile int _version;

    /// <summary>Increases whenever a consumer is added.</summary>
    public int Version => _version;

    /// <summary>The queues with consumers, without those of one process. A queue is recorded before its consumers.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _names];
            }
        }
    }

    public void Add(Uri inputAddress)
    {
        lock (_lock)
        {
            _names.Add(QueueOf(inputAddress));
        }
    }

    /// <summary>
    /// Records a queue that belongs to this process alone: its consumers count, but no messages are routed to it and no dead
    /// letters collected.
    /// </summary>
    public void AddInstance(Uri inputAddress)
    {
        lock (_lock)
        {
            _instances = _instances.Append(QueueOf(inputAddress)).ToFrozenSet(StringComparer.Ordinal);
            _names.Remove(QueueOf(inputAddress));
        }
    }

    /// <summary>Records that the endpoint has an inbox.</summary>
    public void AddInbox(Uri inputAddress) => AddToNeedNone(inputAddress);

    /// <summary>Records that the endpoint is configured without an inbox.</summary>
    public void AddWithoutInbox(Uri inputAddress) => AddToNeedNone(inputAddress);

    private void AddToNeedNone(Uri inputAddress)
    {
        lock (_lock)
        {
            _needNoInbox.Add(QueueOf(inputAddress));
        }
    }

    /// <summary>Whether the endpoint has an inbox, or is configured without one.</summary>
    public bool NeedsNoInbox(string queue)
    {
        lock (_lock)
        {
            return _needNoInbox.Contains(queue);
        }
    }

    /// <param name="inputAddress">The address of the queue.</param>
    /// <param name="messageType">The name of the message type on the wire.</param>
    /// <param name="consumer">The consumer's name.</param>
    public void Add(Uri inputAddress, string messageType, string consumer)
    {
        lock (_lock)
        {
            _consumers.Add((QueueOf(inputAddress), messageType, consumer));
            _version++;
        }
    }

    /// <summary>
    /// Records that a consumer without the inbox takes a message type: messages are sent to it, but their rows do not wait for it.
    /// </summary>
    public void AddOutside(Uri inputAddress, string messageType)
    {
        lock (_lock)
        {
            _outside.Add((QueueOf(inputAddress), messageType));
        }
    }

    /// <summary>Records that a consumer only stages.</summary>
    /// <param name="consumer">The consumer's name.</param>
    public void AddStaging(string consumer) => _staging[consumer] = true;

    public bool IsStaging(string consumer) => _staging.ContainsKey(consumer);

    /// <summary>
    /// Counts the consumers with the inbox of the message's type; if the destination is a queue, only those on that queue.
    /// </summary>
    public int Count(IReadOnlyCollection<string> messageTypes, Uri destination)
    {
        var queue = QueueOf(destination);
        lock (_lock)
        {
            var takers = _consumers.Where(c => messageTypes.Contains(c.MessageType)).ToList();
            var onQueue = takers.Count(c => c.Queue == queue);
            return onQueue > 0 || _outside.Any(o => o.Queue == queue) ? onQueue : takers.Count;
        }
    }

    /// <summary>Whether a consumer of this process takes the message's type, with the inbox or without.</summary>
    public bool IsTaken(IReadOnlyCollection<string> messageTypes)
    {
        lock (_lock)
        {
            return _consumers.Any(c => messageTypes.Contains(c.MessageType)) || _outside.Any(o => messageTypes.Contains(o.MessageType));
        }
    }

    /// <summary>Whether it is a queue of this process, also one without the inbox or of this process alone.</summary>
    public bool IsQueue(string name)
    {
        lock (_lock)
        {
            return _names.Contains(name) || _instances.Contains(name) || _consumers.Any(c => c.Queue == name) || _outside.Any(o => o.Queue == name);
        }
    }

    /// <summary>Counts the consumers of a queue, once for each message type that they take.</summary>
    public int CountOn(string queue)
    {
        lock (_lock)
        {
            return _consumers.Count(c => c.Queue == queue);
        }
    }

    /// <summary>Whether the queue belongs to this process alone.</summary>
    public bool IsInstance(string queue) => _instances.Contains(queue);

    /// <summary>The queue's name for a metric; null for a queue of this process alone, whose name is another one after each start.</summary>
    public string? TagOf(string queue) => IsInstance(queue) ? null : queue;

    /// <summary>
    /// The queues of this process with their message types, once for each consumer; without queues that belong to this process
    /// alone.
    /// </summary>
    public ILookup<string, string> Queues()
    {
        lock (_lock)
        {
            return _consumers.Where(c => !_instances.Contains(c.Queue)).ToLookup(c => c.Queue, c => c.MessageType);
        }
    }

    public static string QueueOf(Uri address) => address.AbsolutePath.Split('/')[^1];
}
