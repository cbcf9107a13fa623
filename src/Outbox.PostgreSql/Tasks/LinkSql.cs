using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Tasks;

/// <summary>The statements for tasks that wait for others, and their parameters, one array for each column.</summary>
internal static class LinkSql
{
    public const string Insert = "INSERT INTO messaging.task_links (predecessor, successor) SELECT * FROM unnest($1, $2)";

    public static NpgsqlParameter[] Of(List<(Guid Predecessor, Guid Successor)> links) =>
    [
        Parameter(links.Select(l => l.Predecessor).ToArray()),
        Parameter(links.Select(l => l.Successor).ToArray()),
    ];

    private const string Successors =
        "unnest($1) AS p (id) CROSS JOIN LATERAL (SELECT successor FROM messaging.task_links WHERE predecessor = p.id OFFSET 0) AS l";

    // Tasks whose last predecessor is in this group become Queued.
    public static readonly string CountDown =
        $"""
        WITH ended AS MATERIALIZED (SELECT l.successor, count(*) AS count FROM {Successors} GROUP BY l.successor)
        UPDATE messaging.tasks AS tasks SET (pending, state) = (
            SELECT tasks.pending - e.count, CASE WHEN tasks.pending <= e.count THEN {(int)TaskState.Queued} ELSE tasks.state END
            FROM ended AS e WHERE e.successor = tasks.id)
        WHERE id = ANY (ARRAY(SELECT successor FROM ended)) AND state IN ({TaskStates.WaitingSql})
        """;

    // By ctid, which does not change until the row is deleted: the only other statements on a waiting row delete it.
    public static readonly string MakeDue =
        $"""
        UPDATE messaging.outbox SET due_at = now() WHERE ctid = ANY (ARRAY(
            SELECT o.ctid FROM {Successors}
            CROSS JOIN LATERAL (
                SELECT id FROM messaging.tasks WHERE id = l.successor AND pending = 0 AND state = {(int)TaskState.Queued} OFFSET 0) AS t
            CROSS JOIN LATERAL (SELECT ctid FROM messaging.outbox WHERE message_id = t.id AND waiting = 1 OFFSET 0) AS o))
        """;
}
