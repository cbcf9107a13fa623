using System.Globalization;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.Postgres.Partitions;

/// <summary>
/// Creates the partitions of the time to come, and drops those of which everything is past its retention. One process at a time, beside
/// all others that write.
/// </summary>
internal sealed class PostgresPartitions(PostgresConnections connections)
{
    /// <summary>Rows that are moved out of a partition before it is dropped, while nobody else gets at the table: some 100 ms.</summary>
    private const int MaxMoved = 10_000;

    private readonly PartitionTransaction _transaction = new(connections);

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
                return changes; // there is never a gap between two
            }
        }

        foreach (var partition in partitions.Where(p => p.End > Uuid7.BeginningOfTime && p.End <= now - retention).OrderBy(p => p.End))
        {
            changes.Add(await DropAsync(table, partition, now - retention, cancellationToken));
            if (changes[^1].Action == PartitionAction.Postponed)
            {
                break; // whoever is in the way of one is in the way of all
            }
        }

        return changes;
    }

    private async Task<IReadOnlyList<Partition>> ListAsync(PartitionedTable table, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Partition.Select, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Name });
        var partitions = await command.ReadAllAsync(
            reader => Partition.From(reader.GetString(0), reader.GetString(1)), cancellationToken);
        return [.. partitions.OfType<Partition>()];
    }

    // What lies in the default partition already, such as the id of a clock that is ahead, goes along.
    private async Task<PartitionChange> CreateAsync(PartitionedTable table, PartitionRange range, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{table.Name}_p{range.From.UtcDateTime:yyyyMMddHHmm}");
        var (lower, upper) = (Uuid7.LowerBound(range.From), Uuid7.LowerBound(range.Before));
        var moved = await _transaction.RunAsync(
            async connection =>
            {
                await connection.ExecuteAsync(
                    $"""
                    LOCK TABLE {table.Name}_default IN ACCESS EXCLUSIVE MODE;
                    CREATE TABLE {name} (LIKE {table.Name} INCLUDING ALL) {table.Storage}
                    """,
                    cancellationToken);
                var rows = await MoveAsync(connection, $"{table.Name}_default", $"{table.Key} >= '{lower}' AND {table.Key} < '{upper}'", name, cancellationToken);
                await connection.ExecuteAsync($"ALTER TABLE {table.Name} ATTACH PARTITION {name} FOR VALUES FROM ('{lower}') TO ('{upper}')", cancellationToken);
                return rows;
            },
            cancellationToken);
        return new PartitionChange(name, moved is null ? PartitionAction.Postponed : PartitionAction.Created, moved ?? 0);
    }

    /// <summary>
    /// The rows that have to stay are few, and are found by an index that holds no others. It is built before, beside whoever writes; what
    /// becomes one of them meanwhile is in it, too.
    /// </summary>
    private async Task<PartitionChange> DropAsync(PartitionedTable table, Partition partition, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var stays = table.StaysAfter(before);
        await BuildIndexAsync(table, partition, cancellationToken);
        var count = await CountAsync($"SELECT 1 FROM {partition.Name} WHERE {stays} LIMIT {MaxMoved + 1}", cancellationToken);
        if (count > MaxMoved)
        {
            return new PartitionChange(partition.Name, PartitionAction.Kept, count);
        }

        var moved = await _transaction.RunAsync(
            async connection =>
            {
                await connection.ExecuteAsync($"ALTER TABLE {table.Name} DETACH PARTITION {partition.Name}", cancellationToken);
                var rows = await MoveAsync(connection, partition.Name, stays, table.Name, cancellationToken);
                await connection.ExecuteAsync($"DROP TABLE {partition.Name}", cancellationToken);
                return rows;
            },
            cancellationToken);
        return new PartitionChange(partition.Name, moved is null ? PartitionAction.Postponed : PartitionAction.Dropped, moved ?? 0);
    }

    private async Task BuildIndexAsync(PartitionedTable table, Partition partition, CancellationToken cancellationToken)
    {
        var index = $"{partition.Name}_stays";
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", connection);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = index });
        var isValid = (bool?)await find.ExecuteScalarAsync(cancellationToken);
        if (isValid == false) // of an attempt that was broken off
        {
            await connection.ExecuteAsync($"DROP INDEX CONCURRENTLY {index}", cancellationToken);
        }

        if (isValid != true)
        {
            await using var build = new NpgsqlCommand(
                $"CREATE INDEX CONCURRENTLY {index} ON {partition.Name} ({table.Key}) WHERE {table.StaysAfter(partition.End!.Value)}", connection);
            build.CommandTimeout = 0; // the token ends it
            await build.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<long> CountAsync(string rows, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off", cancellationToken);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM ({rows}) AS rows", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> MoveAsync(NpgsqlConnection connection, string from, string where, string to, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            """,
            connection);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = from });
        var columns = (string)(await find.ExecuteScalarAsync(cancellationToken))!;
        await using var move = new NpgsqlCommand(
            $"WITH moved AS (DELETE FROM {from} WHERE {where} RETURNING {columns}) INSERT INTO {to} ({columns}) SELECT {columns} FROM moved", connection);
        return await move.ExecuteNonQueryAsync(cancellationToken);
    }
}
