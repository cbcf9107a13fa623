namespace Messaging.Outbox.Store;

/// <summary>The seam for commits: groups of units in one transaction, or one unit in its own transaction.</summary>
/// <remarks>
/// For every seam of a store: each method throws <see cref="StoreUnavailableException"/> if the database is unavailable. Each
/// database has one implementation of each seam; tests/Outbox.Tests/Stores runs the same tests against all of them.
/// </remarks>
internal interface ICommitStore
{
    /// <summary>The maximum number of transactions that the group committer runs at the same time.</summary>
    int MaxConcurrentCommits { get; }

    /// <summary>
    /// Commits the work of all units in one transaction. A unit is left out if one of its inbox keys exists already, or if the
    /// task of its outcome was cancelled.
    /// </summary>
    /// <param name="group">The units.</param>
    /// <param name="lockWait">The maximum wait for a row that another transaction has locked; null for no limit other than the token.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>For each unit whether it was committed; false for a duplicate or a cancelled task.</returns>
    /// <exception cref="RowsLockedException">A row was locked for longer; nothing was changed.</exception>
    Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken);

    /// <summary>Opens a transaction for one unit.</summary>
    Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken);
}
