using System.Data.Common;
using System.Globalization;

namespace Messaging.Outbox.Store;

/// <summary>
/// SQL of the figures that is the same in every dialect. Each queue is counted along an index that starts with it, up to
/// <see cref="Cap"/> rows, so the statement's cost has a bound.
/// </summary>
internal static class FigureSql
{
    /// <summary>The maximum count of rows for each queue.</summary>
    public const int Cap = 100_000;

    /// <summary>The maximum number of names that are looked up among the dead letters.</summary>
    public const int MaxNames = 1_000;

    /// <summary>How long counts by minute are kept.</summary>
    public static readonly TimeSpan CountsAreKept = TimeSpan.FromDays(8);

    public const string Due = "due", Scheduled = "scheduled", DeadLetters = "dead", Workers = "workers", InFlight = "in_flight", Paused = "paused";
    public const string ScheduleDue = "schedule", Accepted = "accepted", Tasks = "tasks", Off = "off", Connections = "connections", Size = "size";

    /// <summary>The state in the counts that is a difference of the balance which operators have accepted.</summary>
    public const string Explained = "-1";

    /// <summary>
    /// Counts the rows of tasks that have not ended: by how much they differ from what was counted where they changed, by state. All from one snapshot.
    /// </summary>
    public static readonly string CountRows =
        $"""
        SELECT t.state, coalesce(n.tasks, 0) - t.tasks - coalesce(d.tasks, 0) FROM messaging.task_totals AS t
        LEFT JOIN (SELECT state, count(*) AS tasks FROM messaging.tasks WHERE state NOT IN ({TaskStates.EndedSql}) GROUP BY state) AS n ON n.state = t.state
        LEFT JOIN (SELECT state, sum(tasks) AS tasks FROM messaging.task_deltas GROUP BY state) AS d ON d.state = t.state
        WHERE t.state >= 0 AND t.state NOT IN ({TaskStates.EndedSql})
        """;

    /// <summary>
    /// The figures that do not come from the counts, as rows of name, queue, amount and time. <c>$1</c> is the current time, <c>$2</c> the
    /// time since when a worker has reported that is alive.
    /// </summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="holds">A condition without which nothing is read.</param>
    /// <param name="consumersSettle">Whether a row stays until its consumers are done: then one that they have is not old.</param>
    public static string Select(ISqlDialect dialect, string holds, bool consumersSettle = false)
    {
        // Those that are being dispatched are among them, as in PostgreSQL, where claimed rows are there until they are deleted.
        const string due = "due_at <= $1";
        var waits = $"{due} AND {dialect.Waits(consumersSettle)}";
        // Without those that wait for another task, or were cancelled: they are due at no time. So the index alone is read.
        var later = $"due_at > $1 AND due_at < {dialect.Never}";
        return $"""
            SELECT '{Due}', q.name, {Count("outbox", $"queue = q.name AND {due}", "due_at")}, {Oldest($"queue = q.name AND {waits}")} FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{Due}', NULL, {Count("outbox", $"queue IS NULL AND {due}", "due_at")}, {Oldest($"queue IS NULL AND {waits}")} WHERE {holds}
            UNION ALL SELECT '{Scheduled}', q.name, {Count("outbox", $"queue = q.name AND {later}", "due_at")}, NULL FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{Scheduled}', NULL, {Count("outbox", $"queue IS NULL AND {later}", "due_at")}, NULL WHERE {holds}
            UNION ALL SELECT '{DeadLetters}', q.name, {Count("dead_letters", "queue = q.name AND state = 0", "id")}, NULL FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{DeadLetters}', NULL, {UnknownDeadLetters}, NULL WHERE {holds}
            UNION ALL SELECT '{Workers}', q.name, (SELECT count(*) FROM messaging.queue_workers WHERE queue = q.name AND seen_at > $2), NULL
                FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{InFlight}', q.name, (SELECT CAST(coalesce(sum(in_flight), 0) AS bigint) FROM messaging.queue_workers WHERE queue = q.name AND seen_at > $2), NULL
                FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{Paused}', q.name, q.paused, NULL FROM messaging.queues AS q WHERE {holds}
            UNION ALL SELECT '{ScheduleDue}', NULL, NULL, (SELECT min(next_due_at) FROM messaging.schedules WHERE next_due_at <= $1) WHERE {holds}
            """;
    }

    public static Figure Read(DbDataReader reader) => new(
        reader.GetString(0), reader.Text(1), reader.IsDBNull(2) ? null : Convert.ToInt64(reader.GetValue(2), CultureInfo.InvariantCulture), reader.Time(3));

    /// <summary>The differences of <see cref="CountRows"/> by state.</summary>
    public static long[] Differences(IEnumerable<(int State, long By)> rows)
    {
        var differences = new long[Enum.GetValues<TaskState>().Length];
        foreach (var (state, by) in rows)
        {
            differences[state] = by;
        }

        return differences;
    }

    // An event that could not be sent has the name of its exchange, and a queue may be gone. The names are found by jumps along the index,
    // each to the next name, so what lies in known queues costs nothing more.
    private static readonly string UnknownDeadLetters =
        $"""
        (WITH RECURSIVE names (queue, number) AS (
            SELECT min(queue), 1 FROM messaging.dead_letters WHERE state = 0
            UNION ALL
            SELECT (SELECT min(d.queue) FROM messaging.dead_letters AS d WHERE d.state = 0 AND d.queue > n.queue), n.number + 1
            FROM names AS n WHERE n.queue IS NOT NULL AND n.number < {MaxNames.ToString(CultureInfo.InvariantCulture)})
        SELECT CAST(coalesce(sum({Count("dead_letters", "queue = n.queue AND state = 0", "id")}), 0) AS bigint) FROM names AS n
        WHERE n.queue NOT IN (SELECT name FROM messaging.queues))
        """;

    private static string Oldest(string where) => $"(SELECT min(due_at) FROM messaging.outbox WHERE {where})";

    // The ORDER BY makes the query use its index, as in QueueSql.
    private static string Count(string table, string where, string order) =>
        $"(SELECT count(*) FROM (SELECT 1 FROM messaging.{table} WHERE {where} ORDER BY {order} LIMIT {Cap.ToString(CultureInfo.InvariantCulture)}) AS r)";
}
