using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;
using Place = (int Priority, System.DateTimeOffset DueAt, long Id);

namespace Messaging.Outbox.Control;

/// <summary>
/// Removes messages from a queue without consuming them. No task is left without its message: one commit removes the messages from
/// the outbox and cancels their tasks, and a broker removes its messages only after that commit.
/// </summary>
internal sealed class QueuePurge(
    ICommitStore commits, ISqlDialect dialect, IStoreTime clock, IQueueTransport transport, IMessageTransport bus, RunningTasks running, MessageSigner signer, StoreClock time)
{
    private static readonly TimeSpan BatchDeadline = TimeSpan.FromSeconds(10);

    /// <summary>A position before all rows, in the order in which they are dispatched.</summary>
    private static readonly Place Beginning = (-1, DateTimeOffset.UnixEpoch, 0);

    public async Task<PurgeResult> PurgeAsync(string queue, int count, string who, CancellationToken cancellationToken)
    {
        var (cancelled, successors) = (0, 0);
        var purged = await transport.TakeAsync(
            queue,
            count,
            async (batch, token) =>
            {
                var removed = await RemoveAsync(_ => Task.FromResult<IReadOnlyList<Guid?>>([.. batch.Select(m => TaskOf(m, queue))]), queue, who, token);
                cancelled += removed.Cancelled;
                successors += removed.Successors;
            },
            cancellationToken);
        var after = Beginning;
        while (purged < count && !cancellationToken.IsCancellationRequested)
        {
            var limit = Math.Min(CancelSql.MaxIds, count - purged);
            var removed = await RemoveAsync(
                async transaction =>
                {
                    var rows = await DeleteDueAsync(transaction, queue, after, limit, cancellationToken);
                    after = rows.Select(r => r.Place).Append(after).Max();
                    return [.. rows.Select(r => r.Task)];
                },
                queue,
                who,
                cancellationToken);
            purged += removed.Purged;
            cancelled += removed.Cancelled;
            successors += removed.Successors;
            if (removed.Purged < limit)
            {
                break;
            }
        }

        return new PurgeResult(purged, cancelled, successors);
    }

    /// <summary>Removes messages, ends their tasks and writes the audit entry in one transaction.</summary>
    private async Task<PurgeResult> RemoveAsync(
        Func<OutboxTransaction, Task<IReadOnlyList<Guid?>>> take, string queue, string who, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(BatchDeadline);
        return await commits.RunAsync(dialect, RunAsync, deadline.Token);

        async Task<PurgeResult> RunAsync(OutboxTransaction transaction)
        {
            var taken = await take(transaction);
            if (taken.Count == 0)
            {
                return new PurgeResult(0, 0, 0);
            }

            var now = time.GetUtcNow();
            var ids = taken.OfType<Guid>().Distinct().ToList();
            var (cancelled, following) = await CancelSql.CancelAsync(transaction, ids, now, dialect, SuccessorPolicy.Cancel, deadline.Token);
            var removed = new PurgeResult(taken.Count, cancelled.Count, following);
            var details = JsonSerializer.Serialize(removed, JsonSerializerOptions.Web);
            await transaction.WriteAsync(AuditSql.Entry(now, who, AuditActions.PurgeQueue, queue, details: details), deadline.Token);
            return removed;
        }
    }

    /// <summary>
    /// Deletes the first rows of the queue after a position, in the order of the dispatcher's index: a purge reads the index
    /// once, however many rows other queues have in the outbox.
    /// </summary>
    private async Task<IReadOnlyList<(Guid? Task, Place Place)>> DeleteDueAsync(
        OutboxTransaction transaction, string queue, Place after, int limit, CancellationToken cancellationToken)
    {
        // Rows that a dispatcher has claimed go to the broker: they are skipped without waiting.
        return await transaction.QueryAsync(
            $"DELETE FROM messaging.outbox WHERE {dialect.IsAmong(Rows)} RETURNING metadata, priority, due_at, id",
            reader => (TaskOf(reader.GetString(0)), (reader.GetInt32(1), reader.Time(2)!.Value, reader.GetInt64(3))),
            cancellationToken,
            queue,
            new StoreTime(await clock.NowAsync(cancellationToken)),
            after.Priority,
            new StoreTime(after.DueAt),
            after.Id,
            limit);

        string Rows(string key) =>
            $"""
            SELECT {key} FROM messaging.outbox
            WHERE queue = $1 AND due_at <= $2 AND (priority, due_at, id) > ($3, $4, $5) AND {CanBeTaken()}
            ORDER BY priority, due_at, id LIMIT $6 {dialect.SkipLocked}
            """;
    }

    /// <summary>
    /// In memory waiting messages are also in flight, and can be removed as long as no consumer has started them: when their turn
    /// comes, their task is already cancelled. A message without a task cannot be cancelled, and stays.
    /// </summary>
    private string CanBeTaken()
    {
        if (!bus.ConsumersSettle)
        {
            return dialect.IsUnclaimed;
        }

        var inFlight = running.OlderThan(TimeSpan.Zero).Select(a => a.OutboxId).OfType<long>();
        return $"({dialect.IsUnclaimed} OR message_id IN (SELECT id FROM messaging.tasks) AND id NOT IN ({string.Join(", ", inFlight.Prepend(0))}))";
    }

    /// <summary>
    /// The task's id is that of its message. A message without a valid signature has no task, and neither has one that is
    /// accepted without a signature.
    /// </summary>
    private Guid? TaskOf(TakenMessage message, string queue)
    {
        if (signer.IsOn && signer.Check(message, queue) is { } refusal && (signer.IsRequired || !refusal.IsUnsigned || signer.IsAcceptedUnsigned(message, queue)))
        {
            return null;
        }

        var headers = message.Headers.ToDictionary(h => h.Key, h => HeaderText.Of(h.Value), StringComparer.Ordinal);
        if (headers.ContainsKey(OutboxHeaders.Outside))
        {
            return null;
        }

        var envelope = Envelope.Read(message.ContentType, message.Body);
        return !Guid.TryParse(headers.GetValueOrDefault(OutboxHeaders.TaskId), out var task) ? envelope.TaskId
            : task == (Guid.TryParse(message.MessageId, out var id) ? id : envelope.MessageId) ? task
            : null;
    }

    private static Guid? TaskOf(string metadata)
    {
        var header = MessageMetadata.TryFromJson(metadata)?.Headers?.GetValueOrDefault(OutboxHeaders.TaskId);
        return Guid.TryParse(header?.ToString(), out var id) ? id : null;
    }
}
