namespace Messaging.Outbox.Store;

/// <summary>What was done to a partition, or could not be done.</summary>
internal enum PartitionAction
{
    Created,

    /// <summary>With what is past its retention; the rows that have to stay are elsewhere.</summary>
    Dropped,

    /// <summary>It has more rows that have to stay than can be moved while others wait.</summary>
    Kept,

    /// <summary>Other transactions had it locked, or it took too long; it is tried again.</summary>
    Postponed,
}

/// <param name="Partition">The partition.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Rows">The rows that were moved, or that have to stay.</param>
internal sealed record PartitionChange(string Partition, PartitionAction Action, long Rows = 0);
