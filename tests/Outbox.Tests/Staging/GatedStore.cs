using System.Collections.Concurrent;
using System.Data.Common;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Staging;

/// <summary>A store that commits when it is let, and says of each group what the test wants.</summary>
internal sealed class GatedStore : IOutboxStore
{
    private readonly SemaphoreSlim _gate = new(0);

    public TableNames Names => TableNames.Sqlite();

    public int MaxConcurrentCommits => 1;

    public bool CanWaitForConsumers => true;

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

    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RecoverAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public DateTimeOffset Now { get; set; }

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Task.FromResult(Now);

    public string LockRows => "";

    public string SkipLocked => "";

    public string Never => "";

    public string IsUnclaimed => "";

    public string IsAmong(Func<string, string> select) => "";

    public void Bind(DbParameter parameter, int number, object? value) => throw new NotSupportedException();

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => throw new NotSupportedException();

    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(
        Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
