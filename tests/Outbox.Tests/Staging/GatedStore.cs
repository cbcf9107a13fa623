using System.Collections.Concurrent;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Staging;

/// <summary>A store that commits when it is let, and says of each group what the test wants.</summary>
internal sealed class GatedStore : ICommitStore, IStoreHealth
{
    private readonly SemaphoreSlim _gate = new(0);

    public int MaxConcurrentCommits => 1;

    public ConcurrentQueue<IReadOnlyList<StagedWork>> Groups { get; } = new();

    public Func<IReadOnlyList<StagedWork>, bool[]> Answer { get; set; } = group => [.. group.Select(_ => true)];

    public void Let(int groups) => _gate.Release(groups);

    public async Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        Groups.Enqueue(group);
        await _gate.WaitAsync(CancellationToken.None);
        return Answer(group);
    }

    public Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
