using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Staging;

/// <summary>A store that tells when a unit's own transaction executes staged commands.</summary>
internal sealed class WatchedCommits(ICommitStore store) : ICommitStore
{
    public Action OnExecute { get; set; } = () => { };

    public int MaxConcurrentCommits => store.MaxConcurrentCommits;

    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken) =>
        store.CommitAsync(group, lockWait, cancellationToken);

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) => new Watched(await store.BeginAsync(cancellationToken), this);

    private sealed class Watched(IStoreTransaction transaction, WatchedCommits commits) : IStoreTransaction
    {
        public DbTransaction Transaction => transaction.Transaction;

        public OutboxTransaction Own => transaction.Own;

        public bool IsEndedByHand => transaction.IsEndedByHand;

        public async Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken)
        {
            var isNew = await transaction.ExecuteAsync(work, cancellationToken);
            commits.OnExecute();
            return isNew;
        }

        public Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken) => transaction.CommitAsync(work, cancellationToken);

        public ValueTask DisposeAsync() => transaction.DisposeAsync();
    }
}
