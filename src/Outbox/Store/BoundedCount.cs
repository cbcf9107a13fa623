using System.Diagnostics;

namespace Messaging.Outbox.Store;

/// <summary>How many rows a filter matches.</summary>
/// <param name="Count">The number; a lower bound if it is not exact.</param>
/// <param name="IsExact">False if the time was over before all rows were read.</param>
internal sealed record BoundedCount(long Count, bool IsExact)
{
    /// <summary>How long a count of many rows takes; the statement that is running then is finished, which has a bound of its own.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>After which time it stops in any case, also if it has not read <see cref="AtLeast"/> rows.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromSeconds(4);

    /// <summary>How many rows are read after <see cref="Longest"/> as well: a few statements, so that a small number is exact also if the machine is busy.</summary>
    public const int AtLeast = 40_000;

    /// <summary>A part of a count is this many times as large as that of a page, since nothing of it is sorted or sent.</summary>
    private const int PagesInPart = 4;

    /// <summary>The maximum number of rows that one statement reads from an index alone.</summary>
    private const int FromIndex = 100_000;

    /// <summary>
    /// Counts the rows of a search in many short statements, so that a count of any table holds neither a snapshot nor a connection for long.
    /// Rows that change meanwhile are counted as they were when their part was read.
    /// </summary>
    public static Task<BoundedCount> OfAsync(OutboxReader store, SearchPlan plan, CancellationToken cancellationToken) =>
        OfAsync(store, plan, Longest, AtLeast, Latest, cancellationToken);

    /// <inheritdoc cref="OfAsync(OutboxReader, SearchPlan, CancellationToken)"/>
    /// <param name="store">The store.</param>
    /// <param name="plan">The search.</param>
    /// <param name="longest">After which time it stops.</param>
    /// <param name="atLeast">How many rows it reads before.</param>
    /// <param name="latest">After which time it stops even if it has read fewer.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    public static async Task<BoundedCount> OfAsync(OutboxReader store, SearchPlan plan, TimeSpan longest, int atLeast, TimeSpan latest, CancellationToken cancellationToken)
    {
        var (count, read, start) = (0L, 0L, Stopwatch.GetTimestamp());
        try
        {
            foreach (var indexed in plan.Indexed.DefaultIfEmpty("1 = 1"))
            {
                for (var i = 0; i < plan.Ranges().Count(); i++)
                {
                    Guid? after = null;
                    do
                    {
                        var elapsed = Stopwatch.GetElapsedTime(start);
                        if (elapsed >= latest || (read >= atLeast && elapsed >= longest))
                        {
                            return new BoundedCount(count, IsExact: false);
                        }

                        var (found, last, rows) = await PartAsync(store, plan, indexed, plan.Ranges().ElementAt(i).And("id <", after), cancellationToken);
                        (count, read, after) = (count + found, read + (last is null ? 0 : rows), last);
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

    /// <returns>The number of matches in the part, its last row (null if the range ends with it), and the maximum number of its rows.</returns>
    private static async Task<(long Found, Guid? Last, int Rows)> PartAsync(OutboxReader store, SearchPlan plan, string indexed, SqlFilter range, CancellationToken cancellationToken)
    {
        var filter = new SqlFilter(range.Parameters);
        plan.Match(filter);
        var isWhole = filter.Parameters.Count == range.Parameters.Count && filter.Where == new SqlFilter().Where;
        var (columns, limit) = isWhole && plan.IsOfIndex ? ("id", FromIndex) : (plan.Columns, plan.ScanLimit * PagesInPart);
        var rows = $"FROM {plan.Table} WHERE {indexed} AND {range.Where} ORDER BY id DESC";
        var parts = await store.QueryAsync(
            $"""
            SELECT (SELECT count(*) FROM (SELECT {columns} {rows} LIMIT {limit}) AS part WHERE {filter.Where}), (SELECT id {rows} LIMIT 1 OFFSET {limit - 1})
            """,
            filter.Parameters,
            row => (row.GetInt64(0), row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
            cancellationToken);
        return (parts[0].Item1, parts[0].Item2, limit);
    }
}
