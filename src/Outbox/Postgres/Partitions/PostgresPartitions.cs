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
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connections.Names.In($"messaging.{table.Name}") });
        var partitions = await command.ReadAllAsync(
            reader => Partition.From(reader.GetString(0)[connections.Names.Prefix.Length..], reader.GetString(1)), cancellationToken);
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
                await ExecuteAsync(
                    connection,
                    $"""
                    LOCK TABLE messaging.{table.Name}_default IN ACCESS EXCLUSIVE MODE;
                    CREATE TABLE messaging.{name} (LIKE messaging.{table.Name} INCLUDING ALL) {table.Storage}
                    """,
                    cancellationToken);
                var rows = await MoveAsync(connection, $"{table.Name}_default", $"{table.Key} >= '{lower}' AND {table.Key} < '{upper}'", name, cancellationToken);
                await ExecuteAsync(connection, $"ALTER TABLE messaging.{table.Name} ATTACH PARTITION messaging.{name} FOR VALUES FROM ('{lower}') TO ('{upper}')", cancellationToken);
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
        var count = await CountAsync($"SELECT 1 FROM messaging.{partition.Name} WHERE {stays} LIMIT {MaxMoved + 1}", cancellationToken);
        if (count > MaxMoved)
        {
            return new PartitionChange(partition.Name, PartitionAction.Kept, count);
        }

        var moved = await _transaction.RunAsync(
            async connection =>
            {
                await ExecuteAsync(connection, $"ALTER TABLE messaging.{table.Name} DETACH PARTITION messaging.{partition.Name}", cancellationToken);
                var rows = await MoveAsync(connection, partition.Name, stays, table.Name, cancellationToken);
                await ExecuteAsync(connection, $"DROP TABLE messaging.{partition.Name}", cancellationToken);
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
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connections.Names.In($"messaging.{index}") });
        var isValid = (bool?)await find.ExecuteScalarAsync(cancellationToken);
        if (isValid == false) // of an attempt that was broken off
        {
            await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY messaging.{index}", cancellationToken);
        }

        if (isValid != true)
        {
            await using var build = new NpgsqlCommand(
                connections.Names.In(
                    $"CREATE INDEX CONCURRENTLY {connections.Names.Prefix}{index} ON messaging.{partition.Name} ({table.Key}) WHERE {table.StaysAfter(partition.End!.Value)}"),
                connection);
            build.CommandTimeout = 0; // the token ends it
            await build.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(connections.Names.In(sql), cancellationToken);

    private async Task<long> CountAsync(string rows, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off", cancellationToken);
        await using var command = new NpgsqlCommand(connections.Names.In($"SELECT count(*) FROM ({rows}) AS rows"), connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<int> MoveAsync(NpgsqlConnection connection, string from, string where, string to, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            """,
            connection);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connections.Names.In($"messaging.{from}") });
        var columns = (string)(await find.ExecuteScalarAsync(cancellationToken))!;
        await using var move = new NpgsqlCommand(
            connections.Names.In(
                $"WITH moved AS (DELETE FROM messaging.{from} WHERE {where} RETURNING {columns}) INSERT INTO messaging.{to} ({columns}) SELECT {columns} FROM moved"),
            connection);
        return await move.ExecuteNonQueryAsync(cancellationToken);
    }
}
