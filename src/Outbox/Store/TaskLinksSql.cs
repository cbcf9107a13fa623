namespace Messaging.Outbox.Store;

/// <summary>
/// Tasks that wait for others (docs/decisions/0008). A task counts the predecessors that have not succeeded; the last one
/// makes its row of the outbox due. When one fails, or is cancelled, all tasks after it are Blocked until it is redriven.
/// </summary>
internal static class TaskLinksSql
{
    private const string AfterIt =
        """
        WITH RECURSIVE after_it (id) AS (
            SELECT successor FROM task_links WHERE predecessor = $1
            UNION SELECT l.successor FROM task_links l JOIN after_it a ON l.predecessor = a.id)
        """;

    /// <summary>Blocks whatever comes after task <c>$1</c>; also what seems to be blocked, since a redrive may just be letting it go on.</summary>
    public static readonly string Block =
        $"{AfterIt} UPDATE tasks SET state = {(int)TaskState.Blocked} WHERE id IN (SELECT id FROM after_it) AND state IN ({(int)TaskState.Waiting}, {(int)TaskState.Blocked})";

    /// <summary>Lets what comes after task <c>$1</c> wait again, unless another task before it has failed, too.</summary>
    public static readonly string Unblock =
        $"""
        {AfterIt},
        before_it (id) AS (
            SELECT predecessor FROM task_links WHERE successor IN (SELECT id FROM after_it)
            UNION SELECT l.predecessor FROM task_links l JOIN before_it b ON l.successor = b.id),
        blocked (id) AS (
            SELECT l.successor FROM task_links l JOIN tasks t ON t.id = l.predecessor
            WHERE l.predecessor IN (SELECT id FROM before_it) AND t.state IN ({(int)TaskState.Failed}, {(int)TaskState.Cancelled})
            UNION SELECT l.successor FROM task_links l JOIN blocked b ON l.predecessor = b.id)
        UPDATE tasks SET state = {(int)TaskState.Waiting}
        WHERE id IN (SELECT id FROM after_it) AND id NOT IN (SELECT id FROM blocked) AND state = {(int)TaskState.Blocked}
        """;
}
