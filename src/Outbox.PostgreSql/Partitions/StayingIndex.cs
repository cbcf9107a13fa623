using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>The partial index of the rows that outlive their partition, which is built before they are moved.</summary>
internal sealed class StayingIndex(PostgresConnections connections)
{
    private readonly PartitionTransaction _transaction = new(connections);

    /// <summary>
    /// Builds the index concurrently with writers if the role owns the table. Only the owner may do that; otherwise a function builds
    /// it, and writers to this partition wait: its rows are past their retention. So it is also if the role's limit of a statement is
    /// too short: it can be lifted within a transaction only, and without the index the partition would never be dropped.
    /// </summary>
    public async Task<bool> TryBuildAsync(PartitionedTable table, Partition partition, CancellationToken cancellationToken)
    {
        var index = $"{partition.Name}_stays";
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand(
            "SELECT pg_has_role(c.relowner, 'USAGE'), x.indisvalid FROM pg_class c LEFT JOIN pg_index x ON x.indexrelid = to_regclass($2) WHERE c.oid = to_regclass($1)", connection);
        find.Parameters.Add(TypedParameter.Parameter(connections.Names.In($"messaging.{partition.Name}")));
        find.Parameters.Add(TypedParameter.Parameter(connections.Names.In($"messaging.{index}")));
        var (isOwner, isValid) = (await find.ReadAllAsync(
            reader => (reader.GetBoolean(0), reader.IsDBNull(1) ? (bool?)null : reader.GetBoolean(1)), cancellationToken)).Single();
        if (isValid == true)
        {
            return true;
        }

        if (isOwner && await TryBuildConcurrentlyAsync(connection, table, partition, index, cancellationToken))
        {
            return true;
        }

        return (!isOwner || await TryDropAsync(index, cancellationToken)) // what is left of it is not valid
            && await _transaction.RunAsync(
                inside => _transaction.CallAsync(
                    inside, "SELECT messaging.index_partition($1, $2, $3)", cancellationToken, table.Name, partition.Name, partition.End!.Value.UtcDateTime),
                longest: TimeSpan.Zero,
                cancellationToken) is not null;
    }

    /// <returns>False if it takes longer than the role's statements may.</returns>
    private async Task<bool> TryBuildConcurrentlyAsync(
        NpgsqlConnection connection, PartitionedTable table, Partition partition, string index, CancellationToken cancellationToken)
    {
        await using var condition = new NpgsqlCommand(connections.Names.In("SELECT messaging.stays_after($1, $2)"), connection);
        condition.Parameters.Add(TypedParameter.Parameter(table.Name));
        condition.Parameters.Add(TypedParameter.Parameter(partition.End!.Value.UtcDateTime));
        var stays = (string)(await condition.ExecuteScalarAsync(cancellationToken))!;
        try
        {
            await connection.BuildIndexAsync(connections.Names, index, $"messaging.{partition.Name} ({table.Key}) WHERE {stays}", cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.QueryCanceled or SqlStates.TransactionTimeout && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>In a transaction, because a drop that is concurrent has the role's limit, too, and waits for everybody who uses the partition.</summary>
    /// <returns>False if the partition was never free of locks.</returns>
    private async Task<bool> TryDropAsync(string index, CancellationToken cancellationToken) =>
        await _transaction.RunAsync(
            inside => _transaction.CallAsync(inside, $"DROP INDEX IF EXISTS messaging.{index}", cancellationToken), PartitionTransaction.Longest, cancellationToken) is not null;
}
