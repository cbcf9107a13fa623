namespace Messaging.Outbox.Store;

/// <summary>The seam for cleaning up the tables that every message writes to; for the others see <see cref="RetentionSql"/>.</summary>
internal interface IRetentionStore
{
    /// <summary>
    /// Takes the lock that allows one process at a time to clean up. It is released when it is disposed, or when the process
    /// ends.
    /// </summary>
    /// <returns>Null while another process holds it.</returns>
    Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken);

    /// <summary>The same for the sweep of tasks of several consumers: neither waits for the other.</summary>
    /// <returns>Null while another process holds it.</returns>
    Task<IAsyncDisposable?> TakeTurnToSweepAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates the future partitions, and drops those whose rows are all past their retention; rows that must stay are moved
    /// first. A store without partitions does nothing.
    /// </summary>
    Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes a limited number of rows that are past their retention and not in a partition that will be dropped.</summary>
    /// <returns>The number of deleted rows; if it is not zero, there may be more.</returns>
    Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken);
}
