using System.Data.Common;
using Messaging.Outbox.Storage;

namespace Messaging.Outbox.Store;

/// <summary>
/// The seam between the mechanism and a database: all SQL of the outbox, the inbox and the tasks is behind it, one
/// implementation a dialect. Every method throws <see cref="StoreUnavailableException"/> when the database is out of reach.
/// </summary>
internal interface IOutboxStore : ISqlDialect
{
    /// <summary>Transactions the group committer may run side by side.</summary>
    int MaxConcurrentCommits { get; }

    /// <summary>Whether a claimed message may wait in the store for its consumers, as a transport needs that forgets with its process.</summary>
    bool CanWaitForConsumers { get; }

    /// <summary>
    /// Commits the work of all units in one transaction. A unit with an inbox key that is already there, or with the outcome of
    /// a task that was cancelled, is left out.
    /// </summary>
    /// <param name="group">The units.</param>
    /// <param name="lockWait">How long a row may be waited for that another transaction has locked; null for as long as the caller waits.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>For each unit whether it was committed; false is a duplicate, or cancelled.</returns>
    /// <exception cref="RowsLockedException">A row was locked for longer; nothing is changed.</exception>
    Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken);

    /// <summary>Opens a transaction of one unit's own.</summary>
    Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Which of these have been consumed already, and which of these tasks have been cancelled.</summary>
    Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken);

    /// <summary>
    /// Takes up to <paramref name="limit"/> due messages that no other dispatcher has in hand. One that became due long before it was
    /// committed may be left for half a second, or until the store is asked what is due next. What becomes of a claim whose process dies:
    /// the messages are due again.
    /// </summary>
    /// <param name="limit">The largest number to take.</param>
    /// <param name="settlements">
    /// Null for a broker that keeps what it has confirmed. Otherwise the number of consumers that have to be done with a
    /// message before its row may go.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken);

    /// <summary>How long it is until the next message is due, for a fraction of what a claim costs; zero or less when one is, null when none will be.</summary>
    Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken);

    /// <summary>Makes due again what an earlier process of this store had in flight. Called once, before the first claim.</summary>
    Task RecoverAsync(CancellationToken cancellationToken);

    /// <summary>Shows tasks as Running, with their progress, that have not ended and have not got beyond this attempt.</summary>
    Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken);

    /// <summary>Reads by SQL of the library that is the same in both dialects (<see cref="StoreSql"/>).</summary>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Reads by SQL of the application, which says what its tables are called.</summary>
    Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>
    /// What time it is for all processes that share this store: the database's clock. What one process writes and another compares
    /// goes by it, for theirs may differ, or jump.
    /// </summary>
    Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken);

    /// <summary>Whether that clock may be another machine's.</summary>
    bool HasClockOfItsOwn => true;

    /// <summary>Takes the turn to clean up, which one process at a time has; it ends when it is disposed of, or with the process.</summary>
    /// <returns>Null while another process has it.</returns>
    Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates the partitions of the time to come, and drops those of which everything is past its retention; rows that have to stay are moved
    /// before. A store without partitions does nothing.
    /// </summary>
    Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes a bounded number of rows that are past their retention and in no partition that will be dropped.</summary>
    /// <returns>How many were deleted; more may be left when it is not zero.</returns>
    Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken);

    /// <summary>The file that the store is, if it is one.</summary>
    string? File => null;

    /// <summary>What is short of the store's space, in a sentence; null while there is room. Makes room where it can.</summary>
    Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken);

    /// <summary>Reads from the tables, so that a missing schema is noticed as well as a missing server.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>A transaction of one unit's own. Disposing it without a commit rolls it back.</summary>
internal interface IStoreTransaction : IAsyncDisposable
{
    DbTransaction Transaction { get; }

    /// <summary>The same for SQL of the library.</summary>
    OutboxTransaction Own { get; }

    /// <summary>Whether somebody else has committed it or rolled it back, over a connection that is still there.</summary>
    bool IsEndedByHand { get; }

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes.</summary>
    /// <returns>False for a duplicate, or what was cancelled; the transaction can then only be rolled back.</returns>
    Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken);

    /// <summary>Executes what is left of the work, writes its messages and outcomes, and commits.</summary>
    /// <returns>False for a duplicate, or what was cancelled; nothing is then changed.</returns>
    Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken);
}

/// <summary>Messages in one dispatcher's hand.</summary>
internal interface IOutboxClaim : IAsyncDisposable
{
    IReadOnlyList<OutboxMessage> Messages { get; }

    /// <summary>Deletes what was sent and sets aside what was not. Not called, all of them are due again.</summary>
    /// <param name="failures">What was not sent.</param>
    /// <param name="sent">What is kept of the rest.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task CompleteAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken);
}
