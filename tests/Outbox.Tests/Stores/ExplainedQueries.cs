using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>Runs queries, and keeps the plan of each: on PostgreSQL with the blocks that it has read.</summary>
internal sealed partial class ExplainedQueries(IStoreQueries queries) : IStoreQueries
{
    private readonly List<string> _plans = [];

    public IReadOnlyList<string> Plans => _plans;

    /// <summary>The blocks of all queries, from memory or from the disk.</summary>
    public int Blocks => _plans.Sum(plan => Buffers().Match(plan) is { Success: true } match ? Number(match, "hit") + Number(match, "read") : 0);

    private bool IsSqlite => queries.GetType().Name.StartsWith("Sqlite", StringComparison.Ordinal);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var explain = IsSqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF)";
        var plan = await queries.QueryAsync($"{explain} {sql}", parameters, row => row.GetString(IsSqlite ? 3 : 0), cancellationToken);
        _plans.Add(string.Join('\n', plan));
        return await queries.QueryAsync(sql, parameters, read, cancellationToken);
    }

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private static int Number(Match match, string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>Of the first node, which includes those below it.</summary>
    [GeneratedRegex(@"Buffers: shared(?: hit=(?<hit>\d+))?(?: read=(?<read>\d+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Buffers();
}
