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
        {AfterIt} UPDATE messaging.tasks SET state = {(int)TaskState.Blocked}, last_error = coalesce(last_error, {Text("$1", "Task ", " before it has not succeeded.")})
        WHERE id IN (SELECT id FROM after_it) AND state IN ({TaskStates.WaitingSql})
        """;

    /// <summary>Counts the tasks that would be cancelled with these, up to one more than <see cref="MaxFollowing"/>.</summary>
    public static string CountFollowing(int count) =>
        $"{AfterThem(count)} SELECT count(*) FROM (SELECT 1 FROM messaging.tasks WHERE {IsFollowing} LIMIT {MaxFollowing + 1}) AS f";

    /// <summary>
    /// Locks the tasks that would be cancelled with these in the order of their ids, up to one more than <see cref="MaxFollowing"/>.
    /// </summary>
    public static string LockFollowing(int count, string lockRows) =>
        $"{AfterThem(count)} SELECT id FROM messaging.tasks WHERE {IsFollowing} ORDER BY id LIMIT {MaxFollowing + 1} {lockRows}";

    /// <summary>
    /// Cancels all successors of these tasks that have not started, at the time that is the parameter after their ids, and records with which one each was cancelled: the
    /// oldest, if it comes after several.
    /// </summary>
    public static string CancelFollowing(int count) =>
        $"""
        {AfterEach(count)} UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Cancelled}, finished_at = ${count + 1}, next_attempt_at = NULL, cancelled_with = oldest.root,
            last_error = {Text("oldest.root", "Cancelled with task ", ", which it comes after.")}
        FROM oldest WHERE tasks.id = oldest.task AND tasks.state IN ({TaskStates.WaitingSql}) RETURNING id
        """;

    /// <summary>Blocks all successors of these tasks, as <see cref="Block"/> does of one.</summary>
    public static string BlockFollowing(int count) =>
        $"""
        {AfterEach(count)} UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Blocked}, last_error = coalesce(last_error, {Text("oldest.root", "Task ", " before it has not succeeded.")})
        FROM oldest WHERE tasks.id = oldest.task AND tasks.state IN ({TaskStates.WaitingSql})
        """;

    /// <summary>The successors of <c>$1</c> that were cancelled with it.</summary>
    public static readonly string SelectCancelledWith =
        $"{AfterIt} SELECT id FROM messaging.tasks WHERE id IN (SELECT id FROM after_it) AND state = {(int)TaskState.Cancelled} AND cancelled_with = $1";

    /// <summary>
    /// The task with which task <c>$1</c> was cancelled, if it is still cancelled; no row if <c>$1</c> was cancelled itself.
    /// </summary>
    public static readonly string SelectCancelledBefore =
        $"SELECT root.id FROM messaging.tasks t JOIN messaging.tasks root ON root.id = t.cancelled_with WHERE t.id = $1 AND root.state = {(int)TaskState.Cancelled}";

    /// <summary>
    /// Makes the successors of task <c>$1</c> wait again, unless another predecessor has failed or was cancelled, or had not succeeded when its retention was over:
    /// then more are counted than there are, and the task would wait forever.
    /// </summary>
    public static readonly string Unblock =
        $"""
        {AfterIt},
        before_it (id) AS (
            SELECT predecessor FROM messaging.task_links WHERE successor IN (SELECT id FROM after_it)
            UNION SELECT l.predecessor FROM messaging.task_links l JOIN before_it b ON l.successor = b.id),
        blocked (id) AS (
            SELECT l.successor FROM messaging.task_links l JOIN messaging.tasks t ON t.id = l.predecessor
            WHERE l.predecessor IN (SELECT id FROM before_it) AND t.state IN ({(int)TaskState.Failed}, {(int)TaskState.Cancelled})
            UNION SELECT t.id FROM messaging.tasks t
            WHERE t.id IN (SELECT id FROM after_it UNION SELECT id FROM before_it) AND t.state IN ({TaskStates.WaitingSql}) AND t.pending > (
                SELECT count(*) FROM messaging.task_links l JOIN messaging.tasks p ON p.id = l.predecessor WHERE l.successor = t.id AND p.state <> {(int)TaskState.Succeeded})
            UNION SELECT l.successor FROM messaging.task_links l JOIN blocked b ON l.predecessor = b.id)
        UPDATE messaging.tasks SET state = {(int)TaskState.Waiting}, last_error = NULL
        WHERE id IN (SELECT id FROM after_it) AND id NOT IN (SELECT id FROM blocked) AND state = {(int)TaskState.Blocked}
        """;

    private static readonly string IsFollowing = $"id IN (SELECT id FROM after_them) AND state IN ({TaskStates.WaitingSql})";

    private static string AfterThem(int count) =>
        $"""
        WITH RECURSIVE after_them (id) AS (
            SELECT successor FROM messaging.task_links WHERE predecessor IN ({SqlFilter.Numbered(count)})
            UNION SELECT l.successor FROM messaging.task_links l JOIN after_them a ON l.predecessor = a.id)
        """;

    /// <summary>Each task that comes after one of these, with the oldest of those that it comes after.</summary>
    private static string AfterEach(int count) =>
        $"""
        WITH RECURSIVE after_each (root, task) AS (
            SELECT predecessor, successor FROM messaging.task_links WHERE predecessor IN ({SqlFilter.Numbered(count)})
            UNION SELECT a.root, l.successor FROM messaging.task_links l JOIN after_each a ON l.predecessor = a.task),
        oldest AS (SELECT task, root FROM (SELECT task, root, row_number() OVER (PARTITION BY task ORDER BY root) AS n FROM after_each) AS numbered WHERE n = 1)
        """;

    private static string Text(string task, string before, string after) => $"'{before}' || lower(CAST({task} AS text)) || '{after}'";
}
