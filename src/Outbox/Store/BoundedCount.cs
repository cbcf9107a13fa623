using System.Diagnostics;

namespace Messaging.Outbox.Store;

/// <summary>How many rows a filter matches.</summary>
/// <param name="Count">The number; a lower bound if it is not exact.</param>
/// <param name="IsExact">False if the time was over before all rows were read.</param>
internal sealed record BoundedCount(long Count, bool IsExact)
{
    /// <summary>How long a count may take; the statement that is running then is finished, which has a bound of its own.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of rows that one statement reads from an index alone.</summary>
    private const int FromIndex = 100_000;

    /// <summary>
    /// Counts the rows of a search in many short statements, so that a count of any table holds neither a snapshot nor a connection for long.
    /// Rows that change meanwhile are counted as they were when their part was read.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="plan">The search.</param>
    /// <param name="longest">After which time it stops; default <see cref="Longest"/>.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    public static async Task<BoundedCount> OfAsync(OutboxReader store, SearchPlan plan, TimeSpan? longest, CancellationToken cancellationToken)
    {
        var (count, start) = (0L, Stopwatch.GetTimestamp());
        try
        {
            foreach (var indexed in plan.Indexed.DefaultIfEmpty("1 = 1"))
            {
                for (var i = 0; i < plan.Ranges().Count(); i++)
                {
                    Guid? after = null;
                    do
                    {
                        if (Stopwatch.GetElapsedTime(start) >= (longest ?? Longest))
                        {
                            return new BoundedCount(count, IsExact: false);
                        }

                        var (found, last) = await PartAsync(store, plan, indexed, plan.Ranges().ElementAt(i).And("id <", after), cancellationToken);
                        (count, after) = (count + found, last);
                    }
                    while (after is not null);
                }
            }

            return new BoundedCount(count, IsExact: true);
        }
        catch (StoreUnavailableException exception) when (exception.IsTimeout && !cancellationToken.IsCancellationRequested)
        {
            return new BoundedCount(count, IsExact: false); // a part was slower than a statement may be
        }
    }

    /// <returns>The number of matches in the part, and its last row; null if the range ends with it.</returns>
    private static async Task<(long Found, Guid? Last)> PartAsync(OutboxReader store, SearchPlan plan, string indexed, SqlFilter range, CancellationToken cancellationToken)
    {
        var filter = new SqlFilter(range.Parameters);
        plan.Match(filter);
        var isWhole = filter.Parameters.Count == range.Parameters.Count && filter.Where == new SqlFilter().Where;
        var (columns, limit) = isWhole ? ("id", FromIndex) : (plan.Columns, plan.ScanLimit);
        var rows = $"FROM {plan.Table} WHERE {indexed} AND {range.Where} ORDER BY id DESC";
        var parts = await store.QueryAsync(
            $"""
            SELECT (SELECT count(*) FROM (SELECT {columns} {rows} LIMIT {limit}) AS part WHERE {filter.Where}), (SELECT id {rows} LIMIT 1 OFFSET {limit - 1})
            """,
            filter.Parameters,
            row => (row.GetInt64(0), row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
            cancellationToken);
        return parts[0];
    }
}
