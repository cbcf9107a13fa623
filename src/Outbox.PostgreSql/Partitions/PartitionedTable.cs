namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>
/// A table that is partitioned by the time in its key, a UUIDv7 (docs/decisions/0029). The functions that change partitions
/// identify it by its name (Scripts/Postgres/0022).
/// </summary>
/// <param name="Name">The table; its default partition is <c>{Name}_default</c>, and ids without a time are in <c>{Name}_low</c> and <c>{Name}_high</c>.</param>
/// <param name="Key">The first column of its primary key.</param>
internal sealed record PartitionedTable(string Name, string Key)
{
    public static readonly PartitionedTable Tasks = new("tasks", "id");

    // A message that was delayed for a month is consumed a month after the time in its id.
    public static readonly PartitionedTable Inbox = new("inbox", "message_id");
}
