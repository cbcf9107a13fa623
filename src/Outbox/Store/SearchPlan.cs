using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>How a filter searches a table whose key <c>id</c> is a UUIDv7: newest first, a bounded number of rows at a time.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">The columns that <paramref name="Match"/> uses; the first is <c>id</c>.</param>
/// <param name="Ranges">Conditions on the key, in descending order of the ids and without overlap; new ones at each call.</param>
/// <param name="Indexed">Conditions that have an index in the order of <c>id</c>, of which no row meets two; none for all rows.</param>
/// <param name="Match">Adds the conditions that are checked row by row.</param>
/// <param name="ScanLimit">The maximum number of rows that one statement reads.</param>
internal sealed record SearchPlan(
    string Table, string Columns, Func<IEnumerable<SqlFilter>> Ranges, IReadOnlyCollection<string> Indexed, Action<SqlFilter> Match, int ScanLimit)
{
    /// <summary>Whether an index alone has the rows of a range: false if each of them is looked up in another table as well.</summary>
    public bool IsOfIndex { get; init; } = true;

    /// <param name="store">The store.</param>
    /// <param name="columns">The columns for <paramref name="read"/>; the first is <c>id</c>, and those of <see cref="Match"/> are among them.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="after">Continues after this id: <see cref="Page{T}.Next"/> of the previous page.</param>
    /// <param name="limit">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<T>> PageAsync<T>(IStoreReader store, string columns, Func<DbDataReader, T> read, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        foreach (var range in Ranges())
        {
            var page = await store.PageAsync(Table, columns, range.And("id <", after), Indexed, Match, limit - items.Count, read, ScanLimit, cancellationToken);
            items.AddRange(page.Items);
            if (page.Next is { } next)
            {
                return new Page<T>(items, next);
            }
        }

        return new Page<T>(items, Next: null);
    }

    /// <summary>The same search, of which a statement reads a part of the rows; 50 at least.</summary>
    public SearchPlan Share(double share) => this with { ScanLimit = Math.Max(Math.Min(ScanLimit, 50), (int)(ScanLimit * share)) };

    /// <summary>The ids of a page.</summary>
    public Task<Page<Guid>> IdsAsync(OutboxReader store, Guid? after, int limit, CancellationToken cancellationToken) =>
        PageAsync(store, Columns, row => row.GetGuid(0), after, limit, cancellationToken);
}
