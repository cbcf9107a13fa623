using System.Globalization;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Reasons;

/// <summary>How many messages of a queue wait.</summary>
/// <param name="Due">Due rows of the outbox, up to <see cref="QueueDepthReader.Cap"/>.</param>
/// <param name="Ready">Ready messages at the broker; null if it did not answer.</param>
internal sealed record QueueDepth(long Due, long? Ready)
{
    public long Total => Due + (Ready ?? 0);

    /// <summary>The number in a sentence.</summary>
    public string InWords => Due >= QueueDepthReader.Cap ? $"at least {Words.Count(Total, "message")}" : Words.Count(Total, "message");
}

/// <summary>
/// Counts what waits in queues, at most once a second for each: the rows of all queues that are asked for in one statement, and the broker's messages at the same time.
/// </summary>
internal sealed class QueueDepthReader(IStoreQueries queries, IQueueTransport transport, IMessageTransport bus, IBrokerWatch watch, IOptions<OutboxOptions> options, StoreClock time)
    : ISharedReadings, IDisposable
{
    public const int Cap = 10_000;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private Dictionary<string, (QueueDepth Depth, long At, int Generation)> _latest = new(StringComparer.Ordinal);
    private int _generation;

    /// <param name="queues">Queues that workers have reported, so that what is kept has a bound.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<IReadOnlyDictionary<string, QueueDepth>> GetAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        if (queues.Count == 0)
        {
            return new Dictionary<string, QueueDepth>();
        }

        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var generation = Volatile.Read(ref _generation); // what is read now is of this one, though it may change meanwhile
            var missing = queues.Where(name => !_latest.TryGetValue(name, out var known) || known.Generation != generation || time.GetElapsedTime(known.At) >= SharedReading<QueueDepth>.Interval).ToList();
            if (missing.Count > 0)
            {
                var read = await ReadAsync(missing, cancellationToken);
                _latest = _latest.Where(known => time.GetElapsedTime(known.Value.At) < TimeSpan.FromMinutes(1)).ToDictionary(StringComparer.Ordinal);
                missing.ForEach(name => _latest[name] = (read[name], time.GetTimestamp(), generation));
            }

            return queues.ToDictionary(name => name, name => _latest[name].Depth, StringComparer.Ordinal);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Forget() => Interlocked.Increment(ref _generation);

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<Dictionary<string, QueueDepth>> ReadAsync(IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        var due = (await StoreDeadline.RunAsync(
            options.Value.CommitTimeout,
            token => queries.QueryAsync(
                $"""
                SELECT q.name, (SELECT count(*) FROM (
                    SELECT 1 FROM messaging.outbox WHERE queue = q.name AND due_at <= $1 ORDER BY due_at LIMIT {Cap.ToString(CultureInfo.InvariantCulture)}) AS r)
                FROM messaging.queues AS q WHERE q.name IN ({SqlFilter.Numbered(queues.Count, 2)})
                """,
                [new StoreTime(time.GetUtcNow()), .. queues],
                reader => (Queue: reader.GetString(0), Count: reader.GetInt64(1)),
                token),
            cancellationToken)).ToDictionary(row => row.Queue, row => row.Count, StringComparer.Ordinal);

        // A broker that is known to be away is not asked: each question would wait for it.
        var isUp = bus.IsUp && watch.Problem is null;
        var ready = await Task.WhenAll(queues.Select(name => isUp ? transport.CountAsync(name, cancellationToken) : Task.FromResult<long?>(null)));
        return queues.Zip(ready).ToDictionary(queue => queue.First, queue => new QueueDepth(due.GetValueOrDefault(queue.First), queue.Second), StringComparer.Ordinal);
    }
}
