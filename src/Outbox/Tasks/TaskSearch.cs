using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Finds tasks by a filter. The key gives their order and their time, and an index those that need attention; everything else is asked of each
/// row, of a bounded number in each page (docs/decisions/0029).
/// </summary>
internal static class TaskSearch
{
    // An id is made by the process that adds the task, and the row bears the time of the database that stores it a little later.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    // Neighbours by time lie in one block; of those that an index finds each may lie in a block of its own.
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

    // As ids are ordered: of those that have no time, some come before all others, and some after.
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

    /// <summary>attention is null for the two states that most tasks are in.</summary>
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
