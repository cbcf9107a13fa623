using System.Collections.Concurrent;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Which consumers of this process take which message type, and which of them only stage, noted when the endpoints are configured. Over
/// the in-memory transport it tells how many consumers have to be done before a row may go.
/// </summary>
internal sealed class ConsumerRegistry
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _instances = [];
    private readonly HashSet<string> _needNoInbox = [];
    private readonly HashSet<(string Queue, string MessageType, string Consumer)> _consumers = [];
    private readonly ConcurrentDictionary<string, bool> _staging = new(StringComparer.Ordinal);

    private volatile int _version;

    /// <summary>Grows when a consumer is added.</summary>
    public int Version => _version;

    /// <summary>The queues with consumers, known before the consumers are.</summary>
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

    /// <summary>Notes a queue that this process has to itself: its consumers count, but nothing is routed to it and nothing collected.</summary>
    public void AddInstance(Uri inputAddress)
    {
        lock (_lock)
        {
            _instances.Add(QueueOf(inputAddress));
            _names.Remove(QueueOf(inputAddress));
        }
    }

    /// <summary>Records that the endpoint has an inbox.</summary>
    public void AddInbox(Uri inputAddress) => AddToNeedNone(inputAddress);

    /// <summary>Records that the endpoint is to have none.</summary>
    public void AddWithoutInbox(Uri inputAddress) => AddToNeedNone(inputAddress);

    private void AddToNeedNone(Uri inputAddress)
    {
        lock (_lock)
        {
            _needNoInbox.Add(QueueOf(inputAddress));
        }
    }

    /// <summary>Whether the endpoint has an inbox, or is to have none.</summary>
    public bool NeedsNoInbox(string queue)
    {
        lock (_lock)
        {
            return _needNoInbox.Contains(queue);
        }
    }

    /// <param name="inputAddress">Of the queue.</param>
    /// <param name="messageType">The type's name, as a message carries it.</param>
    /// <param name="consumer">The consumer's name.</param>
    public void Add(Uri inputAddress, string messageType, string consumer)
    {
        lock (_lock)
        {
            _consumers.Add((QueueOf(inputAddress), messageType, consumer));
            _version++;
        }
    }

    /// <summary>Notes that a consumer does nothing but stage.</summary>
    /// <param name="consumer">Its name.</param>
    public void AddStaging(string consumer) => _staging[consumer] = true;

    public bool IsStaging(string consumer) => _staging.ContainsKey(consumer);

    /// <summary>Counts those bound to the message's type and, when it was sent to a queue, on that queue only.</summary>
    public int Count(IReadOnlyCollection<string> messageTypes, Uri destination)
    {
        var queue = QueueOf(destination);
        lock (_lock)
        {
            var takers = _consumers.Where(c => messageTypes.Contains(c.MessageType)).ToList();
            var onQueue = takers.Count(c => c.Queue == queue);
            return onQueue > 0 ? onQueue : takers.Count;
        }
    }

    /// <summary>Counts the consumers of a queue, one for each type of message that it takes.</summary>
    public int CountOn(string queue)
    {
        lock (_lock)
        {
            return _consumers.Count(c => c.Queue == queue);
        }
    }

    /// <summary>Whether this process has the queue to itself.</summary>
    public bool IsInstance(string queue)
    {
        lock (_lock)
        {
            return _instances.Contains(queue);
        }
    }

    /// <summary>The queues of this process, with the message types that they take, once for each consumer; without those of an instance.</summary>
    public ILookup<string, string> Queues()
    {
        lock (_lock)
        {
            return _consumers.Where(c => !_instances.Contains(c.Queue)).ToLookup(c => c.Queue, c => c.MessageType);
        }
    }

    public static string QueueOf(Uri address) => address.AbsolutePath.Split('/')[^1];
}
