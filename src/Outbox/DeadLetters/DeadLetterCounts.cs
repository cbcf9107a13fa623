using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Counts dead letters that wait for a decision by a filter, with some of them as a sample.</summary>
internal sealed class DeadLetterCounts(OutboxReader store)
{
    /// <summary>Counts those of a filter. It takes a bounded time, however many there are (<see cref="BoundedCount"/>).</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<DeadLetterCount> CountAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        var (count, sample) = await SampledCount.OfAsync(store, DeadLetterQuerySql.Plan(query), DeadLetterQuerySql.Columns, DeadLetterQuerySql.Read, cancellationToken);
        return new DeadLetterCount(count.Count, count.IsExact, sample);
    }
}

/// <summary>How many dead letters that wait for a decision match a filter.</summary>
/// <param name="Count">The number; a lower bound if it is not exact.</param>
/// <param name="IsExact">False if there were too many to count in the time that a count may take.</param>
/// <param name="Sample">The newest five of them, or fewer.</param>
internal sealed record DeadLetterCount(long Count, bool IsExact, IReadOnlyList<DeadLetterRecord> Sample);
