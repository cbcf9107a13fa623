using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Finds tasks by a filter. The key gives their order and time, and indexes find those that need attention and those of a
/// sampled trace; all other conditions are checked row by row, on a bounded number of rows for each page (docs/decisions/0029).
/// </summary>
internal static class TaskSearch
{
    // The adding process creates the id, and the database sets the row's time a little later.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    // Rows that are adjacent in time share disk blocks; rows that an index finds may each be in a block of their own.
    private const int Neighbours = 20_000, Scattered = 2_000;

    /// <summary>The condition of the index of traces.</summary>
    private const string TraceIsRecorded = "trace_recorded";

    /// <summary>The columns that <see cref="Match"/> uses.</summary>
    private const string Matched = "id, state, kind, queue, created_at, last_error, trace_id";

    /// <summary>The one place that turns a filter into SQL: pages, counts and bulk actions search in the same way.</summary>
    public static async Task<SearchPlan> PlanAsync(OutboxReader store, TaskQuery query, CancellationToken cancellationToken)
    {
        var trace = Trace(query);
        if (query.Key is { } key)
        {
            return new SearchPlan(
                KeySearch.Keyed, Matched, () => [KeySearch.Range(key)], [], match => Match(match, query, hasStates: false).And("trace_id =", trace), Scattered)
            {
                IsOfIndex = false,
            };
        }

        var isTraceIndexed = trace is { } id && await IsRecordedAsync(store, id, cancellationToken);
        var indexed = isTraceIndexed ? [] : Indexed(query.States);
        return new SearchPlan(
            "messaging.tasks",
            Matched,
            () => Ranges(query).Select(range => (isTraceIndexed ? range.And(TraceIsRecorded) : range).And("trace_id =", isTraceIndexed ? trace : null)),
            indexed,
            match => Match(match, query, indexed.Length > 0).And("trace_id =", isTraceIndexed ? null : trace),
            indexed.Length > 0 ? Scattered : Neighbours);
    }

    public static async Task<Page<TaskRecord>> PageAsync(OutboxReader store, TaskQuery query, CancellationToken cancellationToken) =>
        query.Key is { } key
            ? await KeySearch.PageAsync(store, key, query.After, match => Match(match, query, hasStates: false).And("trace_id =", Trace(query)), query.Limit, cancellationToken)
            : await (await PlanAsync(store, query, cancellationToken)).PageAsync(store, TaskReader.Columns, TaskReader.Read, query.After, query.Limit, cancellationToken);

    private static Guid? Trace(TaskQuery query) => query.TraceId is { } hex ? Guid.ParseExact(hex, "N") : null;

    private static async Task<bool> IsRecordedAsync(OutboxReader store, Guid trace, CancellationToken cancellationToken) =>
        (await store.QueryAsync($"SELECT 1 FROM messaging.tasks WHERE trace_id = $1 AND {TraceIsRecorded} LIMIT 1", [trace], _ => true, cancellationToken)).Count > 0;

    // In the order of the ids: ids without a time come before or after all others.
    private static IEnumerable<SqlFilter> Ranges(TaskQuery query)
    {
        if (query.CreatedFrom is null && query.CreatedBefore is null)
        {
            yield return new SqlFilter();
            yield break;
        }

        yield return new SqlFilter().And("id >=", Uuid7.LowerBound(Uuid7.EndOfTime));
        yield return new SqlFilter()
            .And("id >=", Bound(query.CreatedFrom ?? Uuid7.BeginningOfTime, -Slack))
            .And("id <", Bound(query.CreatedBefore ?? Uuid7.EndOfTime, Slack));
        yield return new SqlFilter().And("id <", Uuid7.LowerBound(Uuid7.BeginningOfTime));
    }

    private static Guid Bound(DateTimeOffset time, TimeSpan slack) => Uuid7.LowerBound(
        time <= Uuid7.BeginningOfTime ? Uuid7.BeginningOfTime : time >= Uuid7.EndOfTime ? Uuid7.EndOfTime : time + slack);

    /// <summary>attention is null for the two states that most tasks have.</summary>
    private static string[] Indexed(IReadOnlyList<TaskState> states) =>
        states.Any(s => s is TaskState.Queued or TaskState.Succeeded) ? [] : [.. states.Distinct().Select(s => $"attention = {(int)s}")];

    private static SqlFilter Match(SqlFilter match, TaskQuery query, bool hasStates)
    {
        if (query.States.Count > 0 && !hasStates)
        {
            match.And($"state IN ({TaskStates.Sql(query.States)})");
        }

        return match
            .And("kind =", query.Kind)
            .And("queue =", query.Queue)
            .And("created_at >=", StoreTime.Of(query.CreatedFrom))
            .And("created_at <", StoreTime.Of(query.CreatedBefore))
            .AndContains("last_error", query.Error, query.HidesAddresses);
    }
}
