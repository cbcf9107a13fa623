namespace Messaging.Outbox.Store;

/// <summary>The result of maintaining a partition.</summary>
internal enum PartitionAction
{
    Created,

    /// <summary>Dropped with rows past their retention; rows that have to stay were moved.</summary>
    Dropped,

    /// <summary>Kept, because it has more rows to keep than can be moved while others wait.</summary>
    Kept,

    /// <summary>Postponed, because other transactions had locked it, or it took too long; it is retried.</summary>
    Postponed,
}

/// <param name="Partition">The partition.</param>
/// <param name="Action">The result.</param>
/// <param name="Rows">The number of rows that were moved or kept.</param>
internal sealed record PartitionChange(string Partition, PartitionAction Action, long Rows = 0);
