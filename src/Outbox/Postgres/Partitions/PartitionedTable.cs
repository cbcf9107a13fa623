using System.Globalization;

namespace Messaging.Outbox.Postgres.Partitions;

/// <summary>A table whose partitions are ranges of the time in its key, a UUIDv7 (docs/decisions/0029).</summary>
/// <param name="Name">The table; its default partition is <c>{Name}_default</c>, and ids without a time are in <c>{Name}_low</c> and <c>{Name}_high</c>.</param>
/// <param name="Key">The column that begins its primary key.</param>
/// <param name="Storage">What each partition is created with.</param>
/// <param name="Stays">The rows that outlive their partition, up to the moment that has to follow.</param>
internal sealed record PartitionedTable(string Name, string Key, string Storage, string Stays)
{
    public static readonly PartitionedTable Tasks =
        new("tasks", "id", "WITH (fillfactor = 60)", $"state <> {(int)TaskState.Succeeded} OR finished_at >=");

    // A message that was delayed for a month is consumed a month later than its id says.
    public static readonly PartitionedTable Inbox = new("inbox", "message_id", "", "consumed_at >=");

    /// <summary>The condition of the rows that have to stay beyond this moment.</summary>
    public string StaysAfter(DateTimeOffset moment) => $"({Stays} timestamptz '{moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}')";
}
