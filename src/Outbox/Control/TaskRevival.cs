using Messaging.Outbox.Store;

namespace Messaging.Outbox.Control;

/// <summary>Restores a cancelled task with everything that was cancelled together with it, in one transaction.</summary>
internal sealed class TaskRevival(OutboxTransaction transaction, ISqlDialect dialect, DateTimeOffset now, CancellationToken cancellationToken)
{
    private const int Chunk = 500;

    /// <returns>
    /// The task whose cancellation was requested, and the number of restored successors. Refused: its message does not exist.
    /// Unchanged: it is no longer cancelled.
    /// </returns>
    public async Task<(ControlResult Result, Guid Root, int Successors)> ReviveAsync(Guid id)
    {
        // Locks the task's row first, as every change of a task does: of two concurrent actions the second one sees the change.
        var root = await RootOfAsync(id);
        if (await transaction.ExecuteAsync($"UPDATE messaging.tasks SET pending = pending WHERE id = $1 AND state = {(int)TaskState.Cancelled}", cancellationToken, root) == 0)
        {
            return (ControlResult.Unchanged, root, 0);
        }

        if ((await transaction.QueryAsync("SELECT 1 FROM messaging.outbox WHERE message_id = $1 AND waiting = 2", _ => true, cancellationToken, root)).Count == 0)
        {
            return (ControlResult.Refused, root, 0);
        }

        var following = await transaction.QueryAsync(
            TaskLinksSql.SelectCancelledWith, reader => reader.GetGuid(0), cancellationToken, root);
        foreach (var chunk in following.Prepend(root).Order().Chunk(Chunk))
        {
            await ReviveAsync(chunk);
        }

        // They wait again, unless another predecessor has failed or was cancelled.
        foreach (var before in await PredecessorsAsync([root]))
        {
            await transaction.ExecuteAsync(TaskLinksSql.Unblock, cancellationToken, before);
        }

        await transaction.ExecuteAsync(TaskLinksSql.Unblock, cancellationToken, root);
        return (ControlResult.Done, root, following.Count);
    }

    private async Task<Guid> RootOfAsync(Guid id) =>
        await transaction.QueryAsync(TaskLinksSql.SelectCancelledBefore, reader => reader.GetGuid(0), cancellationToken, id) is [var root] ? root : id;

    private async Task ReviveAsync(IReadOnlyList<Guid> tasks)
    {
        object?[] ids = [.. tasks];
        var list = SqlFilter.Numbered(tasks.Count);

        // A predecessor that succeeds at this moment decrements the count of waiting tasks, which these are not yet. So its row
        // is locked first, and it counts either before or after.
        await LockAsync(await PredecessorsAsync(tasks));
        await transaction.ExecuteAsync(
            $"""
            UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Blocked}, finished_at = NULL, last_error = NULL, cancelled_with = NULL, pending = (
                SELECT count(*) FROM messaging.task_links l JOIN messaging.tasks p ON p.id = l.predecessor WHERE l.successor = tasks.id AND p.state <> {(int)TaskState.Succeeded})
            WHERE id IN ({list}) AND state = {(int)TaskState.Cancelled}
            """,
            cancellationToken,
            ids);
        await transaction.ExecuteAsync(
            $"UPDATE messaging.tasks SET state = {(int)TaskState.Queued} WHERE id IN ({list}) AND state = {(int)TaskState.Blocked} AND pending = 0", cancellationToken, ids);
        await transaction.ExecuteAsync(
            $"""
            UPDATE messaging.outbox SET waiting = 1, due_at = CASE WHEN (SELECT pending FROM messaging.tasks WHERE id = message_id) = 0 THEN ${tasks.Count + 1} ELSE due_at END
            WHERE waiting = 2 AND message_id IN ({list})
            """,
            cancellationToken,
            [.. ids, new StoreTime(now)]);
    }

    private Task<List<Guid>> PredecessorsAsync(IReadOnlyList<Guid> tasks) => transaction.QueryAsync(
        $"SELECT DISTINCT predecessor FROM messaging.task_links WHERE successor IN ({SqlFilter.Numbered(tasks.Count)})",
        reader => reader.GetGuid(0),
        cancellationToken,
        [.. tasks]);

    private async Task LockAsync(List<Guid> tasks)
    {
        foreach (var chunk in tasks.Order().Chunk(Chunk))
        {
            await transaction.QueryAsync(
                $"SELECT id FROM messaging.tasks WHERE id IN ({SqlFilter.Numbered(chunk.Length)}) ORDER BY id {dialect.LockRows}", _ => true, cancellationToken, [.. chunk]);
        }
    }
}
