namespace Messaging.Outbox.Store;

/// <summary>The seam for what is committed: groups of units in one transaction, or one unit in a transaction of its own.</summary>
/// <remarks>
/// Of every seam of a store: each method throws <see cref="StoreUnavailableException"/> when the database is out of reach. Each database has one
/// implementation of each seam; tests/Outbox.Tests/Stores runs one suite against all.
/// </remarks>
internal interface ICommitStore
{
    /// <summary>Transactions the group committer may run side by side.</summary>
    int MaxConcurrentCommits { get; }

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
}
