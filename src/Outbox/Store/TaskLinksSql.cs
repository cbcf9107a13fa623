namespace Messaging.Outbox.Store;

/// <summary>
/// Tasks that wait for others (docs/decisions/0008). A task counts the predecessors that have not succeeded; the last one
/// makes its row of the outbox due. When one fails, or is cancelled, all tasks after it are Blocked until it is redriven.
/// </summary>
internal static class TaskLinksSql
{
    /// <summary>The largest number of tasks that one order cancels together with the one before them.</summary>
    public const int MaxFollowing = 10_000;

    private const string AfterIt =
        """
        WITH RECURSIVE after_it (id) AS (
            SELECT successor FROM messaging.task_links WHERE predecessor = $1
            UNION SELECT l.successor FROM messaging.task_links l JOIN after_it a ON l.predecessor = a.id)
        """;

    /// <summary>
    /// Blocks whatever comes after task <c>$1</c>, and says so there; also what seems to be blocked, since a redrive may just be letting it go on.
    /// </summary>
    public static readonly string Block =
        $"""
        {AfterIt} UPDATE messaging.tasks SET state = {(int)TaskState.Blocked}, last_error = coalesce(last_error, {Text("Task ", " before it has not succeeded.")})
        WHERE id IN (SELECT id FROM after_it) AND state IN ({(int)TaskState.Waiting}, {(int)TaskState.Blocked})
        """;

    /// <summary>How many tasks would be cancelled with task <c>$1</c>, counted to one more than <see cref="MaxFollowing"/>.</summary>
    public static readonly string CountFollowing =
        $"""
        {AfterIt} SELECT count(*) FROM (
            SELECT 1 FROM messaging.tasks WHERE id IN (SELECT id FROM after_it) AND state IN ({(int)TaskState.Waiting}, {(int)TaskState.Blocked}) LIMIT {MaxFollowing + 1}) AS f
        """;

    /// <summary>Cancels at time <c>$2</c> whatever comes after task <c>$1</c> and has not begun, and records with which task it was cancelled.</summary>
    public static readonly string CancelFollowing =
        $"""
        {AfterIt} UPDATE messaging.tasks SET state = {(int)TaskState.Cancelled}, finished_at = $2, next_attempt_at = NULL, cancelled_with = $1,
            last_error = {Text("Cancelled with task ", ", which it comes after.")}
        WHERE id IN (SELECT id FROM after_it) AND state IN ({(int)TaskState.Waiting}, {(int)TaskState.Blocked}) RETURNING id
        """;

    /// <summary>The tasks after <c>$1</c> that were cancelled with it.</summary>
    public static readonly string SelectCancelledWith =
        $"{AfterIt} SELECT id FROM messaging.tasks WHERE id IN (SELECT id FROM after_it) AND state = {(int)TaskState.Cancelled} AND cancelled_with = $1";

    /// <summary>The task with which task <c>$1</c> was cancelled, if that one still is; no row for one that was cancelled by itself.</summary>
    public static readonly string SelectCancelledBefore =
        $"SELECT root.id FROM messaging.tasks t JOIN messaging.tasks root ON root.id = t.cancelled_with WHERE t.id = $1 AND root.state = {(int)TaskState.Cancelled}";

    /// <summary>Lets what comes after task <c>$1</c> wait again, unless another task before it has failed, too.</summary>
    public static readonly string Unblock =
        $"""
        {AfterIt},
        before_it (id) AS (
            SELECT predecessor FROM messaging.task_links WHERE successor IN (SELECT id FROM after_it)
            UNION SELECT l.predecessor FROM messaging.task_links l JOIN before_it b ON l.successor = b.id),
        blocked (id) AS (
            SELECT l.successor FROM messaging.task_links l JOIN messaging.tasks t ON t.id = l.predecessor
            WHERE l.predecessor IN (SELECT id FROM before_it) AND t.state IN ({(int)TaskState.Failed}, {(int)TaskState.Cancelled})
            UNION SELECT l.successor FROM messaging.task_links l JOIN blocked b ON l.predecessor = b.id)
        UPDATE messaging.tasks SET state = {(int)TaskState.Waiting}, last_error = NULL
        WHERE id IN (SELECT id FROM after_it) AND id NOT IN (SELECT id FROM blocked) AND state = {(int)TaskState.Blocked}
        """;

    private static string Text(string before, string after) => $"'{before}' || lower(CAST($1 AS text)) || '{after}'";
}
