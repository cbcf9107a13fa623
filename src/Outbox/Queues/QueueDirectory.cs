using System.Collections.Frozen;
using System.Text.Json;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Finds the queue of a message and its priority: from the consumers of this process, then from the queues that workers have
/// reported to the store. It is used for every message, so results are computed in advance, and it never waits for the store.
/// </summary>
internal sealed class QueueDirectory(ConsumerRegistry consumers, QueueEndpoints endpoints)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<KnownQueue> _known = [];
    private volatile Answers? _answers;
    private volatile bool _hasLearned;

    /// <summary>Updates the directory with all queues from the store, in order of preference.</summary>
    public void Learn(IReadOnlyList<KnownQueue> known)
    {
        lock (_lock)
        {
            _hasLearned = true;
            if (known.SequenceEqual(_known))
            {
                return;
            }

            _known = known;
            _answers = null;
        }
    }

    /// <returns>
    /// The queue, if it is known, and its priority. A message that several queues take has the priority of the first one.
    /// </returns>
    public (string? Queue, QueuePriority Priority) Find(IReadOnlyList<string> messageTypes, Uri destination)
    {
        var answers = Current();
        if (answers.ByName.TryGetValue(LastPart(destination.AbsolutePath), out var answer))
        {
            return answer;
        }

        for (var i = 0; i < messageTypes.Count; i++)
        {
            if (answers.ByType.TryGetValue(messageTypes[i], out answer))
            {
                return answer;
            }
        }

        return (null, QueuePriority.Normal);
    }

    public QueuePriority PriorityOf(string queue) => Current().ByName.TryGetValue(queue, out var answer) ? answer.Priority : QueuePriority.Normal;

    /// <summary>Whether a queue takes one of these types; queues that belong to one process alone do not count.</summary>
    public bool IsTaken(IEnumerable<string> messageTypes)
    {
        var takers = Current().Takers;
        return messageTypes.Any(takers.ContainsKey);
    }

    /// <summary>The short name of the first of these types that a queue takes; null if none does, so that a sender cannot invent names.</summary>
    public string? KnownTypeOf(IReadOnlyList<string> messageTypes) =>
        messageTypes.FirstOrDefault(Current().Takers.ContainsKey) is { } known ? MessageMetadata.NameOf(known) : null;

    /// <summary>Whether a queue of this name is known; queues that belong to one process alone do not count.</summary>
    public bool IsQueue(string name) => Current().ByName.ContainsKey(name);

    /// <summary>Whether a queue no longer has consumers.</summary>
    public bool IsGone(string queue) => _hasLearned && !Current().Consumed.Contains(queue);

    /// <returns>The value of the consumers header; null if there is at most one consumer, or if they are not known.</returns>
    public string? FindConsumers(IReadOnlyList<string> messageTypes, string destination)
    {
        var answers = Current();
        Takers? found = null;
        var path = destination.AsSpan(0, destination.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? end : destination.Length);
        var queue = path[(path.LastIndexOf('/') + 1)..];
        var isNamed = answers.ByName.ContainsKey(queue);
        for (var i = 0; i < messageTypes.Count; i++)
        {
            if (answers.Takers.TryGetValue(messageTypes[i], out var takers))
            {
                found = found is null ? takers : found.And(takers);
            }
        }

        return isNamed ? found?.On(queue.ToString()) : found?.Header;
    }

    private static ReadOnlySpan<char> LastPart(string path) => path.AsSpan(path.LastIndexOf('/') + 1);

    private Answers Current()
    {
        var answers = _answers;
        return answers is null || answers.Version != consumers.Version ? Compute() : answers;
    }

    private Answers Compute()
    {
        lock (_lock)
        {
            var version = consumers.Version;
            var stored = _known.ToDictionary(q => q.Settings.Name, q => q.Settings.Priority, StringComparer.Ordinal);
            var byName = new Dictionary<string, (string? Queue, QueuePriority Priority)>(StringComparer.Ordinal);
            var byType = new Dictionary<string, (string? Queue, QueuePriority Priority)>(StringComparer.Ordinal);
            var takers = new Dictionary<string, Takers>(StringComparer.Ordinal);
            var consumed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var own in consumers.Queues())
            {
                Count(own.Key, [.. own]);
                var priority = stored.TryGetValue(own.Key, out var set) ? set : endpoints.Find(own.Key)?.Priority ?? QueuePriority.Normal;
                Add(own.Key, priority, own);
            }

            foreach (var queue in _known)
            {
                var types = JsonSerializer.Deserialize<string[]>(queue.MessageTypes) ?? [];
                Add(queue.Settings.Name, queue.Settings.Priority, types);
                if (queue.IsConsumed)
                {
                    Count(queue.Settings.Name, types);
                }
            }

            return _answers = new Answers(
                version, byName.ToFrozenDictionary(StringComparer.Ordinal), byType.ToFrozenDictionary(StringComparer.Ordinal), takers.ToFrozenDictionary(StringComparer.Ordinal), consumed);

            // The consumers of this process are known more exactly than what it has reported.
            void Count(string name, IReadOnlyCollection<string> types)
            {
                if (consumed.Add(name))
                {
                    foreach (var type in types.GroupBy(t => t))
                    {
                        var own = new Takers(name, type.Count());
                        takers[type.Key] = takers.TryGetValue(type.Key, out var others) ? others.And(own) : own;
                    }
                }
            }

            void Add(string name, QueuePriority priority, IEnumerable<string> types)
            {
                byName.TryAdd(name, (name, priority));
                foreach (var type in types)
                {
                    byType.TryAdd(type, (name, priority));
                }
            }
        }
    }

    private sealed class Answers(
        int version,
        FrozenDictionary<string, (string? Queue, QueuePriority Priority)> byName,
        FrozenDictionary<string, (string? Queue, QueuePriority Priority)> byType,
        FrozenDictionary<string, Takers> takers,
        IReadOnlySet<string> consumed)
    {
        /// <summary>The version of the consumer registry.</summary>
        public int Version => version;

        public FrozenDictionary<string, (string? Queue, QueuePriority Priority)>.AlternateLookup<ReadOnlySpan<char>> ByName { get; } =
            byName.GetAlternateLookup<ReadOnlySpan<char>>();

        public FrozenDictionary<string, (string? Queue, QueuePriority Priority)> ByType => byType;

        /// <summary>The consumers by message type, without queues that no longer have consumers.</summary>
        public FrozenDictionary<string, Takers> Takers => takers;

        /// <summary>The queues that have consumers.</summary>
        public IReadOnlySet<string> Consumed => consumed;
    }

    /// <summary>The consumers of a type: a count for each queue, and the header with it.</summary>
    private sealed class Takers(IReadOnlyDictionary<string, int> byQueue)
    {
        public Takers(string queue, int count)
            : this(new Dictionary<string, int>(StringComparer.Ordinal) { [queue] = count })
        {
        }

        public string? Header { get; } = ExpectedConsumers.Of(byQueue)?.ToString();

        /// <returns>The header of a message that was sent to one queue.</returns>
        public string? On(string queue) => byQueue.TryGetValue(queue, out var count) ? new Takers(queue, count).Header : null;

        public Takers And(Takers others) => new(
            byQueue.Concat(others.ByQueue).GroupBy(e => e.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(e => e.Value), StringComparer.Ordinal));

        private IReadOnlyDictionary<string, int> ByQueue => byQueue;
    }
}
