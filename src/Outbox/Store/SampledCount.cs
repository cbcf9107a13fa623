using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Counts what a search finds, with the newest of it as a sample.</summary>
internal static class SampledCount
{
    /// <summary>The number of items in the sample.</summary>
    public const int SampleSize = 5;

    /// <summary>The maximum number of pages that the sample searches; rare matches may be further back.</summary>
    private const int SamplePages = 3;

    /// <summary>It takes a bounded time, however many there are (<see cref="BoundedCount"/>).</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public static async Task<(BoundedCount Count, IReadOnlyList<T> Sample)> OfAsync<T>(
        OutboxReader store, SearchPlan plan, string columns, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var (sample, after) = (new List<T>(), (Guid?)null);
        for (var i = 0; i < SamplePages && sample.Count < SampleSize; i++)
        {
            var page = await plan.PageAsync(store, columns, read, after, SampleSize - sample.Count, cancellationToken);
            sample.AddRange(page.Items);
            if (page.Next is null)
            {
                return (new BoundedCount(sample.Count, IsExact: true), sample);
            }

            after = page.Next;
        }

        var count = await BoundedCount.OfAsync(store, plan, cancellationToken);
        return (count with { Count = Math.Max(count.Count, sample.Count) }, sample);
    }
}
