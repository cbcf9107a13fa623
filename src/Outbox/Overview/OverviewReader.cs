using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Overview;

/// <summary>
/// Reads the overview. What a whole hour is about changes when the reporter adds up, so it is read that often; everything else each time.
/// </summary>
internal sealed class OverviewReader(
    OutboxReader store,
    ISqlDialect dialect,
    IQueueStore queues,
    IProcessStore processes,
    IMessageTransport transport,
    IBrokerWatch watch,
    IStorageReserve reserve,
    ServiceIdentity service,
    StoreClock time,
    IOptions<OutboxOptions> options)
{
    private readonly TimeSpan _interval = options.Value.FiguresInterval;
    private volatile Recent? _recent;

    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<OverviewRecord> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var recent = await RecentAsync(now, cancellationToken);
        var records = await queues.ListAsync(cancellationToken);
        var facts = await AttentionFacts.ReadAsync(store, dialect.Waits(transport.ConsumersSettle), now, cancellationToken);
        var pauses = records.Any(q => q.Settings.Paused) ? await QueuePauses.ReadAsync(store, cancellationToken) : new Dictionary<string, AuditMark>();

        // A queue that did not answer in time says nothing about the others: only its own depth is not known.
        var brokerIsUp = transport.IsUp && watch.Problem is null;
        var overview = new OverviewRecord(
            now,
            await TaskTotals.ReadAsync(store, now, cancellationToken),
            recent,
            [.. records.Select(queue => Figures(queue, recent, pauses, now))],
            await processes.ListAsync(cancellationToken),
            facts.DeadLetters,
            facts.NewestDeadLetter,
            [],
            brokerIsUp ? [] : ["broker"]);
        return overview with
        {
            Attention = AttentionFinder.Find(overview, facts, brokerIsUp, watch.Problem?.Text, service.Instance, await reserve.FindShortageAsync(cancellationToken)),
        };
    }

    /// <summary>One queue; null if no worker has reported it.</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<(QueueFigures Figures, EffectPercentiles Effects)?> FindQueueAsync(string name, CancellationToken cancellationToken)
    {
        if (await queues.FindAsync(name, cancellationToken) is not { } queue)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var recent = await RecentCounts.ReadAsync(store, name, now, cancellationToken);
        var pauses = queue.Settings.Paused ? await QueuePauses.ReadAsync(store, cancellationToken) : new Dictionary<string, AuditMark>();
        return (Figures(queue, recent, pauses, now), recent.EffectsOf(name));
    }

    private static QueueFigures Figures(QueueRecord queue, RecentCounts recent, IReadOnlyDictionary<string, AuditMark> pauses, DateTimeOffset now) => new(
        queue,
        recent.RatesOf(queue.Settings.Name),
        recent.DepthsOf(queue.Settings.Name, now),
        queue.Settings.Paused ? pauses.GetValueOrDefault(queue.Settings.Name) : null);

    // Two callers at once may both read: the later one is kept.
    private async Task<RecentCounts> RecentAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_recent is { } known && time.GetElapsedTime(known.At) < _interval)
        {
            return known.Counts;
        }

        var counts = await RecentCounts.ReadAsync(store, queue: null, now, cancellationToken);
        _recent = new Recent(counts, time.GetTimestamp());
        return counts;
    }

    private sealed record Recent(RecentCounts Counts, long At);
}
