using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Finds messages that the broker confirmed and then lost, because a queue was deleted or purged outside of this service, or
/// because of a failed disk. It puts them back into the outbox, due now. docs/decisions/0020 defines which messages count as
/// lost.
/// </summary>
internal sealed class LostMessages(
    ICommitStore commits, ISqlDialect dialect, IStoreQueries queries, IQueueTransport transport, QueueDirectory queues, IOptions<OutboxOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly OutboxOptions _options = options.Value;

    /// <summary>Checks all batches that are due for a check.</summary>
    /// <param name="now">The store's current time.</param>
    /// <param name="isDurable">Whether the transport keeps what a worker had when it dies, and delivers it again.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The number of messages that are sent again, by queue.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<IReadOnlyDictionary<string, int>> ResendAsync(DateTimeOffset now, bool isDurable, CancellationToken cancellationToken)
    {
        var (start, due) = (time.GetTimestamp(), now);
        var resent = new Dictionary<string, int>(StringComparer.Ordinal);
        var suspects = new Suspects(new OutboxReader(queries, options), transport, queues, isDurable ? _options.WorkerMayRunFor : _options.WorkerIsAliveFor);
        TakenBatches taken;
        do
        {
            now = due + time.GetElapsedTime(start);
            taken = await InTimeAsync(token => TakeAsync(due, now + _options.LostAfter, token), cancellationToken);
            var found = await suspects.FindAsync(taken, now, cancellationToken);
            if (found.Missing.Count + found.Settled.Count > 0)
            {
                await InTimeAsync(token => ResendAsync(taken, found, now, resent, token), cancellationToken);
            }
        }
        while (taken.IsFull);

        return resent;
    }

    /// <summary>Deletes the batches whose tasks have ended, and takes the others.</summary>
    private Task<TakenBatches> TakeAsync(DateTimeOffset due, DateTimeOffset checkAt, CancellationToken cancellationToken) => commits.RunAsync(
        dialect,
        async transaction =>
        {
            var sql = new SentSql(transaction, cancellationToken);
            var rows = await sql.FindDueAsync(due);
            var open = await new SentReader(new TransactionReader(transaction), cancellationToken).FindOpenAsync(rows.SelectMany(row => row.Ids));
            var kept = rows.Where(row => row.Ids.Any(open.ContainsKey)).ToList();
            foreach (var row in rows.Except(kept))
            {
                await sql.DeleteAsync(row.Id);
            }

            await sql.TakeAsync(kept, checkAt);
            return new TakenBatches(kept, open, checkAt, IsFull: rows.Count == SentSql.Batches);
        },
        cancellationToken);

    /// <summary>Sends again what is still lost, and takes it out of its batch, as well as what is settled.</summary>
    private async Task<bool> ResendAsync(TakenBatches taken, FoundCopies found, DateTimeOffset now, Dictionary<string, int> resent, CancellationToken cancellationToken)
    {
        await using var transaction = await commits.BeginAsync(cancellationToken);
        var work = new StagedWork();
        await dialect.TranslateAsync(async () =>
        {
            var sql = new SentSql(transaction.Own, cancellationToken);
            var held = await sql.HoldAsync([.. found.Missing.Concat(found.Settled).Select(copy => copy.Batch).Distinct()], taken.CheckAt);
            var lost = await StillLostAsync(new TransactionReader(transaction.Own), [.. found.Missing.Where(copy => held.Contains(copy.Batch))], now, cancellationToken);
            await sql.RequeueAsync(lost.Select(copy => copy.Task.Id).Distinct());
            foreach (var batch in lost.Concat(found.Settled.Where(copy => held.Contains(copy.Batch))).GroupBy(copy => copy.Batch))
            {
                var gone = batch.Select(copy => copy.Message).ToHashSet<OutboxMessage>(ReferenceEqualityComparer.Instance);
                await sql.ReplaceAsync(batch.Key, [.. found.Messages[batch.Key].Where(message => !gone.Contains(message) && taken.Open.ContainsKey(message.MessageId))]);
            }

            foreach (var message in lost.SelectMany(copy => copy.Again()))
            {
                work.Add(message);
            }

            return true;
        });
        await transaction.CommitAsync(work, cancellationToken);
        foreach (var queue in work.Messages.GroupBy(message => message.Queue ?? "", StringComparer.Ordinal))
        {
            resent[queue.Key] = resent.GetValueOrDefault(queue.Key) + queue.Count();
        }

        return true;
    }

    /// <summary>Locks the tasks, and leaves out what has changed since the broker was asked.</summary>
    private async Task<IReadOnlyList<SentCopy>> StillLostAsync(IStoreReader store, IReadOnlyList<SentCopy> copies, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tasks = await new SentReader(store, cancellationToken).FindOpenAsync(copies.Select(copy => copy.Task.Id), dialect.LockRows);
        var same = copies.Where(copy => tasks.TryGetValue(copy.Task.Id, out var task) && task.IsAs(copy.Task)).ToList();
        same.ForEach(copy => copy.Leave(tasks[copy.Task.Id].Shares));
        return await new ResentCopies(store, cancellationToken).WithoutUnsentAsync(same, now);
    }

    private static async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        return await action(deadline.Token);
    }
}

/// <summary>Batches that this process checks.</summary>
/// <param name="Rows">Those with open tasks.</param>
/// <param name="Open">The open tasks.</param>
/// <param name="CheckAt">When they are due again: nobody else has taken a batch while it has this time.</param>
/// <param name="IsFull">Whether more may be due.</param>
internal sealed record TakenBatches(IReadOnlyList<SentRow> Rows, IReadOnlyDictionary<Guid, OpenTask> Open, DateTimeOffset CheckAt, bool IsFull);
