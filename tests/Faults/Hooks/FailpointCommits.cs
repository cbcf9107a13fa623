using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Faults.Hooks;

/// <summary>The process's commits, before and after which it can be made to die.</summary>
internal sealed class FailpointCommits(ICommitStore inner, Failpoints points) : ICommitStore
{
    public int MaxConcurrentCommits => inner.MaxConcurrentCommits;

    public async Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        Before(group);
        var unique = await inner.CommitAsync(group, lockWait, cancellationToken);
        After([.. group.Where((_, i) => unique[i])]);
        return unique;
    }

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new OwnTransaction(await inner.BeginAsync(cancellationToken), this);

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

    private sealed class OwnTransaction(IStoreTransaction inner, FailpointCommits store) : IStoreTransaction
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
}
