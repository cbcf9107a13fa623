namespace Messaging.Outbox.Rows;

/// <summary>A page of which one item more was read than it has: that one says that another page follows.</summary>
internal static class OneMore
{
    /// <summary>How many to read for a page.</summary>
    /// <param name="limit">The maximum number of items on the page.</param>
    public static int Than(int limit) => limit + 1;

    /// <returns>The items of the page, and whether another page follows the last of them.</returns>
    public static (IReadOnlyList<T> Items, bool HasNext) Cut<T>(IReadOnlyList<T> found, int limit) => found.Count <= limit ? (found, false) : ([.. found.Take(limit)], true);

    /// <summary>The page of items that have an id.</summary>
    public static Page<T> CutById<T>(IReadOnlyList<T> found, int limit, Func<T, Guid> id)
    {
        var (items, hasNext) = Cut(found, limit);
        return new Page<T>(items, hasNext ? id(items[^1]) : null);
    }
}
