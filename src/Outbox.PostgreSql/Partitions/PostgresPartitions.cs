using Messaging.Outbox.PostgreSql.Connections;
using System.Globalization;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>
/// Creates partitions ahead of time, and drops those whose rows are all past their retention. One process at a time does this while
/// others write. The changes are made by database functions that run with the rights of the tables' owner.
/// </summary>
internal sealed class PostgresPartitions(PostgresConnections connections)
{
    /// <summary>
    /// The maximum number of rows that are moved out of a partition before it is dropped, while the table is locked: about 100
    /// ms.
    /// </summary>
    private const int MaxMoved = 10_000;

    private readonly PartitionTransaction _transaction = new(connections);
    private readonly StayingIndex _index = new(connections);

    public async Task<IReadOnlyList<PartitionChange>> MaintainAsync(
        PartitionedTable table, TimeSpan retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var partitions = await ListAsync(table, cancellationToken);
        var changes = new List<PartitionChange>();
        var end = partitions.Max(p => p.End) ?? now;
        foreach (var range in PartitionRange.Missing(end, PartitionRange.WidthFor(retention), now))
        {
            changes.Add(await CreateAsync(table, range, cancellationToken));
            if (changes[^1].Action == PartitionAction.Postponed)
            {
                return changes; // there must be no gap between two partitions
            }
        }

        foreach (var partition in partitions.Where(p => p.End > Uuid7.BeginningOfTime && p.End <= now - retention).OrderBy(p => p.End))
        {
            changes.Add(await DropAsync(table, partition, now - retention, cancellationToken));
            if (changes[^1].Action == PartitionAction.Postponed)
            {
                break; // the transaction that blocks one partition blocks all
            }
        }

        return changes;
    }

    private async Task<IReadOnlyList<Partition>> ListAsync(PartitionedTable table, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Partition.Select, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connections.Names.In($"messaging.{table.Name}") });
        var partitions = await command.ReadAllAsync(
            reader => Partition.From(reader.GetString(0)[connections.Names.Prefix.Length..], reader.GetString(1)), cancellationToken);
        return [.. partitions.OfType<Partition>()];
    }

    // Rows in the range that are already in the default partition, for example from a clock that is ahead, are moved into the new
    // one.
    private async Task<PartitionChange> CreateAsync(PartitionedTable table, PartitionRange range, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{table.Name}_p{range.From.UtcDateTime:yyyyMMddHHmm}");
        var moved = await _transaction.RunAsync(
            connection => _transaction.CallAsync(
                connection,
                "SELECT messaging.create_partition($1, $2, $3, $4)",
                cancellationToken,
                table.Name,
                Uuid7.LowerBound(range.From),
                Uuid7.LowerBound(range.Before),
                range.From.UtcDateTime),
            PartitionTransaction.Longest,
            cancellationToken);
        return new PartitionChange(name, moved is null ? PartitionAction.Postponed : PartitionAction.Created, moved ?? 0);
    }

    /// <summary>
    /// Moves the few rows that must stay and drops the partition. A partial index on those rows is built first. It
    /// includes rows that change until the partition is dropped.
    /// </summary>
    private async Task<PartitionChange> DropAsync(PartitionedTable table, Partition partition, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (!await _index.TryBuildAsync(table, partition, cancellationToken))
        {
            return new PartitionChange(partition.Name, PartitionAction.Postponed);
        }

        var count = await _transaction.RunAsync(
            connection => _transaction.CallAsync(
                connection, "SELECT messaging.count_staying($1, $2, $3, $4)", cancellationToken, table.Name, partition.Name, before.UtcDateTime, MaxMoved + 1L),
            PartitionTransaction.Longest,
            cancellationToken);
        if (count > MaxMoved)
        {
            return new PartitionChange(partition.Name, PartitionAction.Kept, count.Value);
        }

        var moved = count is null ? null : await _transaction.RunAsync(
            connection => _transaction.CallAsync(connection, "SELECT messaging.drop_partition($1, $2, $3)", cancellationToken, table.Name, partition.Name, before.UtcDateTime),
            PartitionTransaction.Longest,
            cancellationToken);
        return new PartitionChange(partition.Name, moved is null ? PartitionAction.Postponed : PartitionAction.Dropped, moved ?? 0);
    }
}
