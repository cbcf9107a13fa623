namespace Messaging.Outbox.Store;

/// <summary>
/// SQL of tasks that wait for others (docs/decisions/0008). A task counts its predecessors that have not succeeded; the last one
/// that succeeds makes its outbox row due. When a predecessor fails or is cancelled, all successors are Blocked until it is
/// redriven.
/// </summary>
internal static class TaskLinksSql
{
    /// <summary>The maximum number of successors that are cancelled together with a task.</summary>
    public const int MaxFollowing = 10_000;

    private const string AfterIt =
        """
        WITH RECURSIVE after_it (id) AS (
            SELECT successor FROM messaging.task_links WHERE predecessor = $1
            UNION SELECT l.successor FROM messaging.task_links l JOIN after_it a ON l.predecessor = a.id)
        """;

    /// <summary>
    /// Blocks all successors of task <c>$1</c> and records the reason. It includes tasks that are already Blocked, because a
    /// redrive may be unblocking them at the same time.
    /// </summary>
    public static readonly string Block =
        $"""
        {AfterIt} UPDATE messaging.tasks SET state = {(int)TaskState.Blocked}, last_error = coalesce(last_error, {Text("Task ", " before it has not succeeded.")})
        WHERE id IN (SELECT id FROM after_it) AND state IN ({TaskStates.WaitingSql})
        """;

    /// <summary>Counts the tasks that would be cancelled with task <c>$1</c>, up to one more than <see cref="MaxFollowing"/>.</summary>
    public static readonly string CountFollowing =
        $"""
        {AfterIt} SELECT count(*) FROM (
            SELECT 1 FROM messaging.tasks WHERE id IN (SELECT id FROM after_it) AND state IN ({TaskStates.WaitingSql}) LIMIT {MaxFollowing + 1}) AS f
        """;

    /// <summary>
    /// Cancels all successors of task <c>$1</c> that have not started at time <c>$2</c>, and records with which task they were
    /// cancelled.
    /// </summary>
    public static readonly string CancelFollowing =
        $"""
        {AfterIt} UPDATE messaging.tasks SET state = {(int)TaskState.Cancelled}, finished_at = $2, next_attempt_at = NULL, cancelled_with = $1,
            last_error = {Text("Cancelled with task ", ", which it comes after.")}
        WHERE id IN (SELECT id FROM after_it) AND state IN ({TaskStates.WaitingSql}) RETURNING id
        """;

    /// <summary>The successors of <c>$1</c> that were cancelled with it.</summary>
    public static readonly string SelectCancelledWith =
        $"{AfterIt} SELECT id FROM messaging.tasks WHERE id IN (SELECT id FROM after_it) AND state = {(int)TaskState.Cancelled} AND cancelled_with = $1";

    /// <summary>
    /// The task with which task <c>$1</c> was cancelled, if it is still cancelled; no row if <c>$1</c> was cancelled itself.
    /// </summary>
    public static readonly string SelectCancelledBefore =
        $"SELECT root.id FROM messaging.tasks t JOIN messaging.tasks root ON root.id = t.cancelled_with WHERE t.id = $1 AND root.state = {(int)TaskState.Cancelled}";

    /// <summary>Makes the successors of task <c>$1</c> wait again, unless another predecessor has failed or was cancelled.</summary>
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
