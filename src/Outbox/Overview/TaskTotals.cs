using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>The tasks by state: as the reporter last added them up, and what has changed since (docs/decisions/0044), from one snapshot.</summary>
/// <param name="ByState">The tasks in each state; of those that have ended, also the deleted ones.</param>
/// <param name="Accepted">Tasks that were accepted since the tables exist.</param>
/// <param name="Balance">Accepted tasks that have neither ended nor are there; 0 unless work was lost or counted twice.</param>
/// <param name="IsKnown">Whether a process adds up.</param>
/// <param name="AreCurrent">Whether these figures are at most some seconds old: all that has changed is in them, or a process adds up.</param>
internal sealed record TaskTotals(IReadOnlyDictionary<TaskState, long> ByState, long Accepted, long Balance, bool IsKnown, bool AreCurrent)
{
    /// <summary>
    /// The maximum number of changes that are read; more are left to the reporter, whose figures are seconds old. On a busy database there may be that many of five seconds, and
    /// without a reporter any number.
    /// </summary>
    private const int MaxChanges = 50_000;

    public long this[TaskState state] => ByState.GetValueOrDefault(state);

    public static async Task<TaskTotals> ReadAsync(OutboxReader store, DateTimeOffset now, CancellationToken cancellationToken, int maxChanges = MaxChanges)
    {
        var rows = await store.QueryAsync(
            $"""
            SELECT t.state, t.accepted, t.tasks, t.off, CASE WHEN r.held_until BETWEEN $1 AND $2 THEN 1 ELSE 0 END,
                coalesce(d.accepted, 0), coalesce(d.tasks, 0), coalesce(d.changes, 0)
            FROM messaging.task_totals AS t LEFT JOIN messaging.reporter AS r ON 1 = 1
            LEFT JOIN (
                SELECT state, sum(accepted) AS accepted, sum(tasks) AS tasks, count(*) AS changes
                FROM (SELECT state, accepted, tasks FROM messaging.task_deltas LIMIT {maxChanges + 1}) AS newest GROUP BY state) AS d ON d.state = t.state
            """,
            [new StoreTime(now), new StoreTime(now + FigureTurn.LongestHold)],
            reader => new Row(
                reader.GetInt16(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4) != 0, reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)),
            cancellationToken);
        var isHeld = rows.Any(r => r.IsHeld);
        var hasAll = rows.Sum(r => r.Changes) <= maxChanges;
        if (hasAll)
        {
            rows = [.. rows.Select(r => r with { Accepted = r.Accepted + r.NewlyAccepted, Tasks = r.Tasks + r.NewTasks })];
        }

        var accepted = rows.Sum(r => r.Accepted);
        return new TaskTotals(
            rows.Where(r => r.State >= 0).ToDictionary(r => (TaskState)r.State, r => r.Tasks),
            accepted,
            accepted - rows.Sum(r => r.Tasks + r.Off),
            isHeld,
            isHeld || hasAll);
    }

    private sealed record Row(int State, long Accepted, long Tasks, long Off, bool IsHeld, long NewlyAccepted, long NewTasks, long Changes);
}
