using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Finds the messages that a broker has confirmed and lost - its queue was deleted, or purged past us, or its disk is gone - and hands
/// them on again as they were: rows of the outbox, due now. docs/decisions/0020 says what counts as lost.
/// </summary>
internal sealed class LostMessages(
    IOutboxStore store, IQueueTransport transport, QueueDirectory queues, IOptions<OutboxOptions> options)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly OutboxOptions _options = options.Value;

    /// <summary>Looks at what is due to be looked at.</summary>
    /// <param name="now">What time it is for the store.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>How many messages were handed on again, by queue.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, int>> ResendAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var resent = new Dictionary<string, int>(StringComparer.Ordinal);
        var depths = new Dictionary<string, long?>(StringComparer.Ordinal);
        while (await LookAsync(now, depths, resent, cancellationToken) == SentSql.Batches)
        {
        }

        return resent;
    }

    /// <returns>How many batches were looked at.</returns>
    private async Task<int> LookAsync(DateTimeOffset now, Dictionary<string, long?> depths, Dictionary<string, int> resent, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await using var transaction = await store.BeginAsync(deadline.Token);
        var work = new StagedWork();
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var looked = await store.TranslateAsync(async () =>
        {
            var sql = new SentSql(transaction.Own, store.SkipLocked, deadline.Token);
            var rows = await sql.TakeAsync(now);
            var open = (await sql.FindOpenAsync(rows.SelectMany(r => r.Ids).Distinct())).ToDictionary(t => t.Id);
            var (lost, doubtful) = await JudgeAsync(sql, rows, open, depths, now, deadline.Token);
            var requeued = await sql.RequeueAsync(lost.Values.SelectMany(ids => ids).Distinct());
            foreach (var row in rows)
            {
                if (lost.TryGetValue(row.Id, out var ids))
                {
                    Stage(work, (await sql.ReadMessagesAsync(row.Id)).Where(m => ids.Contains(m.MessageId) && requeued.Contains(m.MessageId)), found);
                }

                await (row.Ids.Any(doubtful.Contains) ? sql.CheckLaterAsync(row.Id, now + _options.LostAfter) : sql.DeleteAsync(row.Id));
            }

            return rows.Count;
        });
        await transaction.CommitAsync(work, deadline.Token);
        foreach (var (queue, count) in found)
        {
            resent[queue] = resent.GetValueOrDefault(queue) + count;
        }

        return looked;
    }

    /// <returns>The messages that are lost, by batch, and those of which it cannot be said yet.</returns>
    private async Task<(Dictionary<long, HashSet<Guid>> Lost, HashSet<Guid> Doubtful)> JudgeAsync(
        SentSql sql,
        List<SentRow> rows,
        Dictionary<Guid, OpenTask> open,
        Dictionary<string, long?> depths,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (lost, doubtful) = (new Dictionary<long, HashSet<Guid>>(), new HashSet<Guid>());
        if (open.Count == 0)
        {
            return (lost, doubtful);
        }

        var running = await sql.FindRunningAsync(now - _options.WorkerIsAliveFor);
        var unknown = await FindQueuesAsync(sql, rows, open);
        foreach (var task in open.Values)
        {
            // A beginning that is still to come was written by a worker whose clock is wrong.
            var hasJustBegun = task.State == TaskState.Running && task.StartedAt is { } start && (now - start).Duration() < _options.WorkerIsAliveFor;
            var isAtWork = hasJustBegun || running.Contains(task.Id);
            if (isAtWork || !await IsEmptyAsync(task.Queue ?? unknown.GetValueOrDefault(task.Id), depths, cancellationToken))
            {
                doubtful.Add(task.Id);
            }
        }

        var quarantine = open.Keys.Where(id => !doubtful.Contains(id)).ToHashSet();
        if (quarantine.Count == 0)
        {
            return (lost, doubtful);
        }

        // It was put off, or sent once more, since: then that message counts, and this one does not any more.
        quarantine.ExceptWith(await sql.FindUnsentAsync(quarantine));
        var later = await sql.FindLaterAsync(rows.Min(r => r.Id));
        foreach (var row in rows)
        {
            var ids = row.Ids.Where(quarantine.Contains).ToHashSet();
            ids.ExceptWith(later.Where(r => r.Id > row.Id).SelectMany(r => r.Ids));
            if (ids.Count > 0)
            {
                lost.Add(row.Id, ids);
            }
        }

        return (lost, doubtful);
    }

    /// <summary>The queues of tasks that were handed on when no worker had said yet which queue takes them.</summary>
    private async Task<Dictionary<Guid, string?>> FindQueuesAsync(SentSql sql, List<SentRow> rows, Dictionary<Guid, OpenTask> open)
    {
        var found = new Dictionary<Guid, string?>();
        foreach (var row in rows.Where(r => r.Ids.Any(id => open.TryGetValue(id, out var task) && task.Queue is null)))
        {
            foreach (var message in await sql.ReadMessagesAsync(row.Id))
            {
                found[message.MessageId] = QueueOf(message).Queue;
            }
        }

        return found;
    }

    private (string? Queue, QueuePriority Priority) QueueOf(OutboxMessage message)
    {
        var (queue, priority) = queues.Find(MessageMetadata.FromJson(message.Metadata).MessageTypes, new Uri(message.Destination));
        return (queue ?? message.Queue, priority);
    }

    /// <summary>Whether nothing waits in the queue; a broker that does not say so leaves it open.</summary>
    private async Task<bool> IsEmptyAsync(string? queue, Dictionary<string, long?> depths, CancellationToken cancellationToken)
    {
        if (queue is null)
        {
            return false;
        }

        if (!depths.TryGetValue(queue, out var depth))
        {
            depths[queue] = depth = await transport.CountAsync(queue, cancellationToken);
        }

        return depth == 0;
    }

    private void Stage(StagedWork work, IEnumerable<OutboxMessage> messages, Dictionary<string, int> found)
    {
        foreach (var message in messages)
        {
            var (queue, priority) = QueueOf(message);
            work.Add(new StagedMessage
            {
                MessageId = message.MessageId,
                Destination = message.Destination,
                ContentType = message.ContentType,
                Content = MessageContent.Of(message.Metadata, message.Body),
                Queue = queue,
                Priority = priority,
            });
            found[queue ?? ""] = found.GetValueOrDefault(queue ?? "") + 1;
        }
    }
}
