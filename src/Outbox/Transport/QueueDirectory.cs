using System.Collections.Frozen;
using System.Text.Json;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Knows which queue takes a message, and how urgent that is: from this process' own consumers, then from what workers have
/// reported to the store. It is asked for every message, so the answers are computed in advance, and never waits for the store.
/// </summary>
internal sealed class QueueDirectory(ConsumerRegistry consumers, QueueEndpoints endpoints)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<KnownQueue> _known = [];
    private volatile Answers? _answers;

    /// <summary>What the store says of all queues, the ones to be preferred first.</summary>
    public void Learn(IReadOnlyList<KnownQueue> known)
    {
        lock (_lock)
        {
            if (known.SequenceEqual(_known))
            {
                return;
            }

            _known = known;
            _answers = null;
        }
    }

    /// <returns>The queue, if it is known, and its priority. A message that several queues take has the first one's.</returns>
    public (string? Queue, QueuePriority Priority) Find(IReadOnlyList<string> messageTypes, Uri destination)
    {
        var answers = _answers;
        if (answers is null || answers.Version != consumers.Version)
        {
            answers = Compute();
        }

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

    private static ReadOnlySpan<char> LastPart(string path) => path.AsSpan(path.LastIndexOf('/') + 1);

    private Answers Compute()
    {
        lock (_lock)
        {
            var version = consumers.Version;
            var stored = _known.ToDictionary(q => q.Settings.Name, q => q.Settings.Priority, StringComparer.Ordinal);
            var byName = new Dictionary<string, (string? Queue, QueuePriority Priority)>(StringComparer.Ordinal);
            var byType = new Dictionary<string, (string? Queue, QueuePriority Priority)>(StringComparer.Ordinal);
            foreach (var own in consumers.Queues())
            {
                var priority = stored.TryGetValue(own.Key, out var set) ? set : endpoints.Find(own.Key)?.Priority ?? QueuePriority.Normal;
                Add(own.Key, priority, own);
            }

            foreach (var queue in _known)
            {
                Add(queue.Settings.Name, queue.Settings.Priority, JsonSerializer.Deserialize<string[]>(queue.MessageTypes) ?? []);
            }

            return _answers = new Answers(version, byName.ToFrozenDictionary(StringComparer.Ordinal), byType.ToFrozenDictionary(StringComparer.Ordinal));

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
        FrozenDictionary<string, (string? Queue, QueuePriority Priority)> byType)
    {
        /// <summary>Of the consumers.</summary>
        public int Version => version;

        public FrozenDictionary<string, (string? Queue, QueuePriority Priority)>.AlternateLookup<ReadOnlySpan<char>> ByName { get; } =
            byName.GetAlternateLookup<ReadOnlySpan<char>>();

        public FrozenDictionary<string, (string? Queue, QueuePriority Priority)> ByType => byType;
    }
}
