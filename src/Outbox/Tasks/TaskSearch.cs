using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Finds tasks by a filter. The key gives their order and time, and an index finds those that need attention; all other
/// conditions are checked row by row, on a bounded number of rows for each page (docs/decisions/0029).
/// </summary>
internal static class TaskSearch
{
    // The adding process creates the id, and the database sets the row's time a little later.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    // Rows that are adjacent in time share disk blocks; rows that an index finds may each be in a block of their own.
    private const int Neighbours = 20_000, Scattered = 2_000;

    public static async Task<Page<TaskRecord>> PageAsync(OutboxReader store, TaskQuery query, CancellationToken cancellationToken)
    {
        var items = new List<TaskRecord>();
        var indexed = Indexed(query.States);
        foreach (var range in Ranges(query))
        {
            var page = await store.PageAsync(
                "messaging.tasks",
                TaskReader.Columns,
                range.And("id <", query.After),
                indexed,
                match => Match(match, query),
                query.Limit - items.Count,
                TaskReader.Read,
                indexed.Length > 0 ? Scattered : Neighbours,
                cancellationToken);
            items.AddRange(page.Items);
            if (page.Next is { } next)
            {
                return new Page<TaskRecord>(items, next);
            }
        }

        return new Page<TaskRecord>(items, Next: null);
    }

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

    private static void Match(SqlFilter match, TaskQuery query)
    {
        if (query.States.Count > 0)
        {
            match.And($"state IN ({string.Join(", ", query.States.Select(s => (int)s))})");
        }

        match
            .And("kind =", query.Kind)
            .And("queue =", query.Queue)
            .And("created_at >=", StoreTime.Of(query.CreatedFrom))
            .And("created_at <", StoreTime.Of(query.CreatedBefore))
            .AndContains("last_error", query.Error);
    }
}
