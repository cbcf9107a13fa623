namespace Messaging.Outbox.Store;

/// <summary>Deletes rows past their retention in bounded batches, from tables that are not written for every message.</summary>
internal static class RetentionSql
{
    private const int Failed = (int)TaskState.Failed, Blocked = (int)TaskState.Blocked, Cancelled = (int)TaskState.Cancelled;

    public static IEnumerable<(string Sql, object?[] Parameters)> Statements(Retention retention, DateTimeOffset now, ISqlDialect dialect)
    {
        // A blocked task can still continue while its predecessor can be redriven. After that it is deleted too, and counted as failed by the
        // trigger (docs/decisions/0044).
        const string blocked =
            """
            created_at < $1 AND NOT EXISTS (
                SELECT 1 FROM messaging.task_links l JOIN messaging.tasks p ON p.id = l.predecessor WHERE l.successor = tasks.id)
            """;
        (int State, string Where, DateTimeOffset Before)[] steps =
        [
            (Failed, "finished_at < $1", retention.FailedTasks), (Blocked, blocked, retention.FailedTasks), (Cancelled, "finished_at < $1", retention.CancelledTasks),
        ];
        foreach (var (state, where, before) in steps)
        {
            // Uses the index on attention and id; ids without a time are in another range.
            yield return Tasks(state, $"{where} AND id < $3", before, Uuid7.LowerBound(before));
            yield return Tasks(state, $"{where} AND id >= $3", before, Uuid7.LowerBound(Uuid7.EndOfTime));
        }

        // Rows kept for tasks that were deleted: blocked ones, which have no due time as other delayed messages have, and cancelled ones.
        (string Which, DateTimeOffset Before)[] kept = [($"waiting = 1 AND due_at >= {dialect.Never}", retention.FailedTasks), ("waiting = 2", retention.CancelledTasks)];
        foreach (var (which, before) in kept)
        {
            yield return Kept(which, "o.message_id < $2", Uuid7.LowerBound(before));
            yield return Kept(which, "o.message_id >= $2", Uuid7.LowerBound(Uuid7.EndOfTime));
        }

        var oldest = new StoreTime(new[] { retention.SucceededTasks, retention.FailedTasks, retention.CancelledTasks }.Min());
        yield return (
            """
            DELETE FROM messaging.task_attempts WHERE (task_id, attempt) IN (
                SELECT task_id, attempt FROM messaging.task_attempts WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)
            """,
            [oldest, retention.Limit]);
        yield return (
            """
            DELETE FROM messaging.task_links WHERE (predecessor, successor) IN (
                SELECT predecessor, successor FROM messaging.task_links l
                WHERE linked_at < $1 AND NOT EXISTS (SELECT 1 FROM messaging.tasks WHERE id = l.successor) ORDER BY linked_at LIMIT $2)
            """,
            [oldest, retention.Limit]);
        yield return (
            """
            DELETE FROM messaging.task_consumers WHERE (task_id, consumer_id) IN (
                SELECT task_id, consumer_id FROM messaging.task_consumers c
                WHERE ended_at < $1 AND NOT EXISTS (SELECT 1 FROM messaging.tasks WHERE id = c.task_id) ORDER BY ended_at LIMIT $2)
            """,
            [oldest, retention.Limit]);
        yield return (
            "DELETE FROM messaging.unique_tasks WHERE until < $1 AND key IN (SELECT key FROM messaging.unique_tasks WHERE until < $1 ORDER BY until LIMIT $2)",
            [new StoreTime(now), retention.Limit]);
        yield return (
            "DELETE FROM messaging.dead_letters WHERE id IN (SELECT id FROM messaging.dead_letters WHERE ended_at < $1 AND state <> 0 ORDER BY ended_at LIMIT $2)",
            [new StoreTime(retention.DeadLetters), retention.Limit]);
        yield return (
            "DELETE FROM messaging.dead_letters WHERE state = 0 AND id IN (SELECT id FROM messaging.dead_letters WHERE state = 0 AND id < $1 ORDER BY id LIMIT $2)",
            [Uuid7.LowerBound(retention.FailedTasks), retention.Limit]);
        yield return (
            """
            DELETE FROM messaging.dead_letter_notes WHERE group_id IN (
                SELECT group_id FROM messaging.dead_letter_notes n
                WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM messaging.dead_letters d WHERE d.group_id = n.group_id AND d.state = 0) LIMIT $2)
            """,
            [new StoreTime(retention.DeadLetters), retention.Limit]);
        yield return (
            "DELETE FROM messaging.bulk_actions WHERE id IN (SELECT id FROM messaging.bulk_actions WHERE state > 0 AND ended_at < $1 LIMIT $2)",
            [new StoreTime(retention.FailedTasks), retention.Limit]);
        yield return (
            "DELETE FROM messaging.audit WHERE id IN (SELECT id FROM messaging.audit WHERE id < $1 ORDER BY id LIMIT $2)",
            [Uuid7.LowerBound(retention.Audit), retention.Limit]);
        yield return (
            "DELETE FROM messaging.sessions WHERE id IN (SELECT id FROM messaging.sessions WHERE expires_at < $1 LIMIT $2)", [new StoreTime(now), retention.Limit]);

        // Checks the state again when the row is locked, because the task may have been redriven meanwhile.
        (string, object?[]) Tasks(int state, string where, DateTimeOffset before, Guid bound) => (
            $"DELETE FROM messaging.tasks WHERE attention = {state} AND id IN (SELECT id FROM messaging.tasks AS tasks WHERE attention = {state} AND {where} LIMIT $2)",
            [new StoreTime(before), retention.Limit, bound]);

        // Searching all waiting rows would read the tasks of all; ids without a time are in another range.
        (string, object?[]) Kept(string which, string where, Guid bound) => (
            $"""
            DELETE FROM messaging.outbox WHERE {which} AND message_id IN (
                SELECT message_id FROM messaging.outbox o
                WHERE {which} AND {where} AND NOT EXISTS (SELECT 1 FROM messaging.tasks t WHERE t.id = o.message_id) LIMIT $1)
            """,
            [retention.Limit, bound]);
    }
}
