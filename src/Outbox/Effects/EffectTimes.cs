using System.Collections.Concurrent;

namespace Messaging.Outbox.Effects;

/// <summary>
/// A sample of the times from acceptance to effect, of the tasks that this process has executed: the first few of each second and queue. Whether a
/// task is among them does not depend on its age, so a backlog shows; a sample of the newest rows would leave out just those that wait for long
/// (docs/decisions/0052).
/// </summary>
internal sealed class EffectTimes(TimeProvider time)
{
    /// <summary>The tasks of a queue that are measured in a second.</summary>
    public const int MaxPerSecond = 20;

    private readonly ConcurrentDictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Whether the next task of the queue belongs to the sample.</summary>
    public bool Wants(string queue) =>
        _samples.GetOrAdd(queue, _ => new Sample()).Takes(time.GetTimestamp() / time.TimestampFrequency);

    /// <summary>Adds a task to the sample.</summary>
    public void Add(string queue, TimeSpan sinceAccepted) =>
        Interlocked.Increment(ref _samples.GetOrAdd(queue, _ => new Sample()).Tasks[EffectBuckets.Of(sinceAccepted)]);

    /// <summary>What was added since the last call, ordered by queue and bucket.</summary>
    public IReadOnlyList<EffectCount> Take() =>
    [
        .. _samples.OrderBy(s => s.Key, StringComparer.Ordinal)
            .SelectMany(s => s.Value.Tasks.Select((_, bucket) => new EffectCount(s.Key, bucket, Interlocked.Exchange(ref s.Value.Tasks[bucket], 0))))
            .Where(count => count.Tasks > 0),
    ];

    private sealed class Sample
    {
        private long _second;
        private int _taken;

        public long[] Tasks { get; } = new long[EffectBuckets.Last + 1];

        // Two threads at the turn of a second may take one more: the limit is about cost.
        public bool Takes(long second)
        {
            if (Interlocked.Exchange(ref _second, second) != second)
            {
                Volatile.Write(ref _taken, 0);
            }

            return Volatile.Read(ref _taken) < MaxPerSecond && Interlocked.Increment(ref _taken) <= MaxPerSecond;
        }
    }
}

/// <summary>Tasks of a queue whose time from acceptance to effect is in a bucket.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Bucket">The bucket (<see cref="EffectBuckets"/>).</param>
/// <param name="Tasks">The number of tasks.</param>
internal readonly record struct EffectCount(string Queue, int Bucket, long Tasks);
