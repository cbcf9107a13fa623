using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>Reads lists page by page, newest first.</summary>
public static class StorePages
{
    /// <summary>Reads a page of a table whose key <c>id</c> is a UUIDv7.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns for <paramref name="read"/>; the first is <c>id</c>.</param>
    /// <param name="range">The condition on the key, such as <c>id &lt; $1</c>.</param>
    /// <param name="match">Adds conditions that are checked for each row of the range.</param>
    /// <param name="limit">The maximum number of items.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="scanLimit">
    /// The maximum number of rows that a page reads. The cost of a page is bounded for any filter; rare matches are found on
    /// later pages.
    /// </param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static Task<Page<T>> PageAsync<T>(
        this IStoreReader reader,
        string table,
        string columns,
        SqlFilter range,
        Action<SqlFilter> match,
        int limit,
        Func<DbDataReader, T> read,
        int scanLimit = 20_000,
        CancellationToken cancellationToken = default) =>
        reader.PageAsync(table, columns, range, [], match, limit, read, scanLimit, cancellationToken);

    /// <summary>
    /// Reads a page of the rows that meet one of several conditions, each of which has an index in the order of <c>id</c>.
    /// </summary>
    /// <param name="reader">The reader.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns for <paramref name="read"/>; the first is <c>id</c>.</param>
    /// <param name="range">The condition on the key, such as <c>id &lt; $1</c>.</param>
    /// <param name="indexed">The conditions, without parameters, such as <c>attention = 4</c>; none for all rows of the range.</param>
    /// <param name="match">Adds conditions that are checked for each row of the range.</param>
    /// <param name="limit">The maximum number of items.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="scanLimit">The maximum number of rows that a page reads.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static async Task<Page<T>> PageAsync<T>(
        this IStoreReader reader,
        string table,
        string columns,
        SqlFilter range,
        IReadOnlyCollection<string> indexed,
        Action<SqlFilter> match,
        int limit,
        Func<DbDataReader, T> read,
        int scanLimit = 20_000,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(indexed);
        ArgumentNullException.ThrowIfNull(match);
        var scans = indexed.Select(condition => $"{condition} AND {range.Where}").DefaultIfEmpty(range.Where).ToList();
        var each = scanLimit / scans.Count;
        var filter = new SqlFilter(range.Parameters);
        match(filter);
        var rows = await reader.QueryAsync(
            $"""
            SELECT {columns} FROM ({Scan(columns, $"LIMIT {each}")}) AS scanned
            WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(limit)}
            """,
            filter.Parameters,
            row => (Id: row.GetGuid(0), Item: read(row)),
            cancellationToken);
        var isFull = rows.Count == limit;
        if (isFull && scans.Count == 1)
        {
            return new Page<T>([.. rows.Select(r => r.Item)], rows[^1].Id);
        }

        // If a scan reached its limit, all scans continue from there, and matches of other scans below it are found again, also those of a full page. The
        // database compares ids, because it orders them.
        var last = await reader.QueryAsync(
            $"SELECT id FROM ({Scan("id", $"LIMIT 1 OFFSET {each - 1}")}) AS last ORDER BY id DESC LIMIT 1", range.Parameters, row => row.GetGuid(0), cancellationToken);
        var until = scans.Count > 1 && last.Count > 0 ? [.. rows.TakeWhile(r => string.CompareOrdinal($"{r.Id}", $"{last[0]}") >= 0)] : rows;
        return new Page<T>([.. until.Select(r => r.Item)], isFull && until.Count == rows.Count ? rows[^1].Id : last.Count > 0 ? last[0] : null);

        string Scan(string selected, string bound) => string.Join(
            " UNION ALL ", scans.Select((where, i) => $"SELECT * FROM (SELECT {selected} FROM {table} WHERE {where} ORDER BY id DESC {bound}) AS s{i}"));
    }
}
