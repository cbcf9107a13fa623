namespace Messaging.Outbox.Store;

/// <summary>The seam for cleaning up what is past its retention and is on the way of every message; the rest is <see cref="RetentionSql"/>.</summary>
internal interface IRetentionStore
{
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
}
