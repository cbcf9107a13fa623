using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Finds messages that the broker confirmed and then lost, because a queue was deleted or purged outside of this service, or
/// because of a failed disk. It puts them back into the outbox, due now. docs/decisions/0020 defines which messages count as
/// lost.
/// </summary>
internal sealed class LostMessages(
    ICommitStore commits, ISqlDialect dialect, IQueueTransport transport, QueueDirectory queues, IOptions<OutboxOptions> options)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly OutboxOptions _options = options.Value;

    /// <summary>Checks all batches that are due for a check.</summary>
    /// <param name="now">The store's current time.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The number of messages that are sent again, by queue.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<IReadOnlyDictionary<string, int>> ResendAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var resent = new Dictionary<string, int>(StringComparer.Ordinal);
        var depths = new Dictionary<string, long?>(StringComparer.Ordinal);
        while (await CheckAsync(now, depths, resent, cancellationToken) == SentSql.Batches)
        {
        }

        return resent;
    }

    /// <returns>The number of batches that were checked.</returns>
    private async Task<int> CheckAsync(DateTimeOffset now, Dictionary<string, long?> depths, Dictionary<string, int> resent, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await using var transaction = await commits.BeginAsync(deadline.Token);
        var work = new StagedWork();
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var checkedBatches = await dialect.TranslateAsync(async () =>
        {
            var sql = new SentSql(transaction.Own, dialect.SkipLocked, deadline.Token);
            var rows = await sql.TakeAsync(now);
            var open = (await sql.FindOpenAsync(rows.SelectMany(r => r.Ids).Distinct())).ToDictionary(t => t.Id);
            var (lost, undecided) = await FindLostAsync(sql, rows, open, depths, now, deadline.Token);
            var requeued = await sql.RequeueAsync(lost.Values.SelectMany(ids => ids).Distinct());
            foreach (var row in rows)
            {
                if (lost.TryGetValue(row.Id, out var ids))
                {
                    Stage(work, (await sql.ReadMessagesAsync(row.Id)).Where(m => ids.Contains(m.MessageId) && requeued.Contains(m.MessageId)), found);
                }

                await (row.Ids.Any(undecided.Contains) ? sql.CheckLaterAsync(row.Id, now + _options.LostAfter) : sql.DeleteAsync(row.Id));
            }

            return rows.Count;
        });
        await transaction.CommitAsync(work, deadline.Token);
        foreach (var (queue, count) in found)
        {
            resent[queue] = resent.GetValueOrDefault(queue) + count;
        }

        return checkedBatches;
    }

    /// <returns>The lost messages by batch, and the messages that cannot be decided yet.</returns>
    private async Task<(Dictionary<long, HashSet<Guid>> Lost, HashSet<Guid> Undecided)> FindLostAsync(
        SentSql sql,
        List<SentRow> rows,
        Dictionary<Guid, OpenTask> open,
        Dictionary<string, long?> depths,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (lost, undecided) = (new Dictionary<long, HashSet<Guid>>(), new HashSet<Guid>());
        if (open.Count == 0)
        {
            return (lost, undecided);
        }

        var running = await sql.FindRunningAsync(now - _options.WorkerIsAliveFor);
        var unknown = await FindQueuesAsync(sql, rows, open);
        foreach (var task in open.Values)
        {
            // A start time in the future comes from a worker with a wrong clock.
            var hasJustStarted = task.State == TaskState.Running && task.StartedAt is { } start && (now - start).Duration() < _options.WorkerIsAliveFor;
            var isRunning = hasJustStarted || running.Contains(task.Id);
            if (isRunning || !await IsEmptyAsync(task.Queue ?? unknown.GetValueOrDefault(task.Id), depths, cancellationToken))
            {
                undecided.Add(task.Id);
            }
        }

        var candidates = open.Keys.Where(id => !undecided.Contains(id)).ToHashSet();
        if (candidates.Count == 0)
        {
            return (lost, undecided);
        }

        // The message was deferred or sent again since: then the later message counts, and not this one.
        candidates.ExceptWith(await sql.FindUnsentAsync(candidates));
        var later = await sql.FindLaterAsync(rows.Min(r => r.Id));
        foreach (var row in rows)
        {
            var ids = row.Ids.Where(candidates.Contains).ToHashSet();
            ids.ExceptWith(later.Where(r => r.Id > row.Id).SelectMany(r => r.Ids));
            if (ids.Count > 0)
            {
                lost.Add(row.Id, ids);
            }
        }

        return (lost, undecided);
    }

    /// <summary>The queues of tasks that were enqueued before any worker had registered a queue for their type.</summary>
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

    /// <summary>Whether the queue is empty; false if the broker does not report its depth.</summary>
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
                Content = MessageContent.Of(TraceContext.AsCauseIn(message.Metadata), message.Body),
                Queue = queue,
                Priority = priority,
            });
            found[queue ?? ""] = found.GetValueOrDefault(queue ?? "") + 1;
        }
    }
}
