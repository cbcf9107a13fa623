using System.Data.Common;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;

namespace Messaging.Faults.Hooks;

/// <summary>The process's store, at whose steps the process can be made to die. All points are between two steps of the same store.</summary>
internal sealed class FailpointStore(IOutboxStore inner, Failpoints points) : IOutboxStore
{
    public TableNames Names => inner.Names;

    public int MaxConcurrentCommits => inner.MaxConcurrentCommits;

    public bool CanWaitForConsumers => inner.CanWaitForConsumers;

    public bool HasClockOfItsOwn => inner.HasClockOfItsOwn;

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => inner.NowAsync(cancellationToken);

    public string LockRows => inner.LockRows;

    public string SkipLocked => inner.SkipLocked;

    public string Never => inner.Never;

    public string IsUnclaimed => inner.IsUnclaimed;

    public string IsAmong(Func<string, string> select) => inner.IsAmong(select);

    public void Bind(DbParameter parameter, int number, object? value) => inner.Bind(parameter, number, value);

    public async Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        Before(group);
        var unique = await inner.CommitAsync(group, lockWait, cancellationToken);
        After([.. group.Where((_, i) => unique[i])]);
        return unique;
    }

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new OwnTransaction(await inner.BeginAsync(cancellationToken), this);

    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        inner.FindDoneAsync(keys, tasks, cancellationToken);

    public async Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
    {
        var claim = new Claim(await inner.ClaimAsync(limit, settlements, cancellationToken), points);
        if (claim.Messages.Count > 0)
        {
            points.Reach(Failpoints.AfterClaimBeforePublish, claim.Messages.Select(m => m.MessageId));
        }

        return claim;
    }

    public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) => inner.UntilNextDueAsync(cancellationToken);

    public Task RecoverAsync(CancellationToken cancellationToken) => inner.RecoverAsync(cancellationToken);

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        inner.MarkRunningAsync(tasks, worker, cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        inner.QueryAsync(sql, parameters, read, cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        inner.QueryAsWrittenAsync(sql, parameters, read, cancellationToken);

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => inner.TranslateAsync(action);

    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) => inner.TakeTurnToCleanUpAsync(cancellationToken);

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(
        Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => inner.MaintainPartitionsAsync(retention, now, cancellationToken);

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        inner.CleanUpAsync(retention, cancellationToken);

    public Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken) => inner.FindShortageAsync(limits, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    /// <summary>A request of the API stages no outcome of a task; what a consumer did has one, or at least its inbox key.</summary>
    private static IEnumerable<StagedWork> Consumed(IReadOnlyList<StagedWork> group) =>
        group.Where(w => w.Outcomes.Count > 0 && w.InboxKeys.Count > 0);

    private void Before(IReadOnlyList<StagedWork> group)
    {
        Failpoints.DieOfKillers(group.Where(w => w.Commands.Count + w.Messages.Count > 0).SelectMany(w => w.InboxKeys).Select(k => k.MessageId));
        if (Consumed(group).Any())
        {
            points.Reach(Failpoints.AfterEffectBeforeCommit, Consumed(group).SelectMany(w => w.InboxKeys).Select(k => k.MessageId));
        }
    }

    private void After(IReadOnlyList<StagedWork> group)
    {
        if (Consumed(group).Any())
        {
            points.Reach(Failpoints.AfterCommitBeforeAck, Consumed(group).SelectMany(w => w.InboxKeys).Select(k => k.MessageId));
        }

        var accepted = group.Where(w => w.Outcomes.Count == 0 && w.Messages.Count > 0).ToList();
        if (accepted.Count > 0)
        {
            points.Reach(Failpoints.AfterCommitBeforePublish, accepted.SelectMany(w => w.Messages).Select(m => m.MessageId));
        }
    }

    private sealed class OwnTransaction(IStoreTransaction inner, FailpointStore store) : IStoreTransaction
    {
        public DbTransaction Transaction => inner.Transaction;

        public OutboxTransaction Own => inner.Own;

        public bool IsEndedByHand => inner.IsEndedByHand;

        public Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken) => inner.ExecuteAsync(work, cancellationToken);

        public async Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken)
        {
            store.Before([work]);
            var committed = await inner.CommitAsync(work, cancellationToken);
            if (committed)
            {
                store.After([work]);
            }

            return committed;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Claim(IOutboxClaim inner, Failpoints points) : IOutboxClaim
    {
        public IReadOnlyList<OutboxMessage> Messages => inner.Messages;

        public Task CompleteAsync(
            IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken)
        {
            if (Messages.Count > failures.Count)
            {
                points.Reach(Failpoints.AfterPublishBeforeDelete, Messages.Select(m => m.MessageId));
            }

            return inner.CompleteAsync(failures, sent, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
