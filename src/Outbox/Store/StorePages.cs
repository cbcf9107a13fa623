using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>Lists, newest first, a page at a time.</summary>
public static class StorePages
{
    /// <summary>A page of a table whose key <c>id</c> is a UUIDv7.</summary>
    /// <param name="reader">Where it is read.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns for <paramref name="read"/>; the first is <c>id</c>.</param>
    /// <param name="range">What an index finds, such as <c>id &lt; $1</c>.</param>
    /// <param name="match">Adds what each row of that range is asked.</param>
    /// <param name="limit">Items of a page.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="scanLimit">
    /// The rows that one page looks at. Whatever the filter, a page costs no more; a rare match is found by going on.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static async Task<Page<T>> PageAsync<T>(
        this IStoreReader reader,
        string table,
        string columns,
        SqlFilter range,
        Action<SqlFilter> match,
        int limit,
        Func<DbDataReader, T> read,
        int scanLimit = 20_000,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(match);
        var scanned = $"FROM {table} WHERE {range.Where} ORDER BY id DESC";
        var filter = new SqlFilter(range.Parameters);
        match(filter);
        var rows = await reader.QueryAsync(
            $"""
            SELECT {columns} FROM (SELECT {columns} {scanned} LIMIT {scanLimit}) AS scanned
            WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(limit)}
            """,
            filter.Parameters,
            row => (Id: row.GetGuid(0), Item: read(row)),
            cancellationToken);
        IReadOnlyList<T> items = [.. rows.Select(r => r.Item)];
        if (rows.Count == limit)
        {
            return new Page<T>(items, rows[^1].Id);
        }

        var last = await reader.QueryAsync(
            $"SELECT id {scanned} LIMIT 1 OFFSET {scanLimit - 1}", range.Parameters, row => row.GetGuid(0), cancellationToken);
        return new Page<T>(items, last.Count > 0 ? last[0] : null);
    }
}
