using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Keeps the message of a cancelled task that was in flight: it stays in the outbox as long as the task, so that a retry of the
/// task restores it with all its attempts.
/// </summary>
internal sealed class CancelledMessages(GroupCommitter committer, ISqlDialect dialect, IInboxStore inbox, DeadLetterFactory letters, QueueDirectory queues, StoreClock time)
{
    /// <summary>
    /// Called after a commit that was skipped because the task was cancelled. If the task was retried since, the message becomes
    /// due again. Afterwards the delivery may be acknowledged.
    /// </summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="step">The inbox key of the skipped commit: if it exists, the commit was a duplicate, and nothing is done.</param>
    /// <returns>False if the commit was a duplicate.</returns>
    public async Task<bool> KeepAsync(DeliveryProgress delivery, InboxKey step)
    {
        if (delivery.TaskId is not { } task || await IsThereAsync(step, delivery.Message.CancellationToken))
        {
            return false;
        }

        var message = letters.Create(delivery.Message, DeadLetterReason.Failed);
        if (message.MessageId is not { } id)
        {
            return true;
        }

        // The key makes it happen once for each run of the task: a worker may die between this commit and the acknowledgement.
        var work = new StagedWork();
        work.InboxKeys.Add(InboxKeys.Step(id, delivery, InboxKind.Cancelled, "cancelled", "cancelled"));
        work.Commands.Add(Insert(
            dialect,
            task,
            id,
            message.Destination,
            message.ContentType,
            message.Metadata,
            message.Body,
            message.Queue,
            queues.PriorityOf(message.Queue),
            time.GetUtcNow(),
            delivery.Message.OutboxId));
        await committer.CommitWhenPossibleAsync(work, delivery.Message.CancellationToken);
        return true;
    }

    // Locks the task's row, so that a concurrent retry finds the message, or this insert sees the retry. If the delivery comes
    // from an outbox row that no longer exists, a purge has removed it: purged messages are not kept.
    public static StagedCommand Insert(
        ISqlDialect dialect,
        Guid task,
        Guid messageId,
        string destination,
        string contentType,
        string metadata,
        byte[] body,
        string? queue,
        QueuePriority priority,
        DateTimeOffset now,
        long? row = null) => new(
        dialect.Names.In($"""
        INSERT INTO messaging.outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority, waiting)
        SELECT CASE WHEN state = {(int)TaskState.Cancelled} THEN {dialect.Never} ELSE $9 END, $2, $3, $4, $5, $6, $7, $8,
            CASE WHEN state = {(int)TaskState.Cancelled} THEN 2 ELSE 0 END
        FROM messaging.tasks
        WHERE id = $1 AND state <> {(int)TaskState.Succeeded} AND NOT EXISTS (
            SELECT 1 FROM messaging.outbox WHERE message_id = $2 AND waiting = 2 AND destination = $3)
            {(row is null ? "" : "AND EXISTS (SELECT 1 FROM messaging.outbox WHERE id = $10)")}
        {dialect.LockRows}
        """),
        [task, messageId, destination, contentType, metadata, body, queue, (int)priority, new StoreTime(now), .. row is null ? Array.Empty<object?>() : [row]]);

    private async Task<bool> IsThereAsync(InboxKey key, CancellationToken cancellationToken)
    {
        var done = await StoreWait.RunAsync(() => inbox.FindDoneAsync([key], [], cancellationToken), _ => { }, time, cancellationToken);
        return done.Consumed.Count > 0;
    }
}
