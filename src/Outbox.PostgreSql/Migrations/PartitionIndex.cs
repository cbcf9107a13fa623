using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>Builds the index of traces in partitions that do not have it: those that were too large for its script. Whoever writes goes on meanwhile.</summary>
internal sealed partial class PartitionIndex(NpgsqlConnection connection, TableNames names, ILogger logger)
{
    // An index counts once it is attached: the process may have died after it was built.
    private const string Missing =
        """
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = $1::regclass AND NOT EXISTS (
            SELECT 1 FROM pg_index x JOIN pg_inherits a ON a.inhrelid = x.indexrelid WHERE x.indrelid = c.oid AND a.inhparent = $2::regclass)
        ORDER BY c.relname DESC
        """;

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(Missing, connection);
        find.Parameters.Add(TypedParameter.Parameter(names.In("messaging.tasks")));
        find.Parameters.Add(TypedParameter.Parameter(names.In("messaging.tasks_trace")));
        foreach (var partition in await find.ReadAllAsync(reader => reader.GetString(0)[names.Prefix.Length..], cancellationToken))
        {
            try
            {
                await BuildAsync(partition, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // A process of the version before has dropped the partition: all of it was past its retention.
            }
        }
    }

    private async Task BuildAsync(string partition, CancellationToken cancellationToken)
    {
        var index = $"{partition}_trace";
        if (!await connection.HasIndexAsync(names, $"messaging.{partition}", index, cancellationToken))
        {
            LogBuilding(partition);
            await connection.BuildIndexAsync(names, index, $"messaging.{partition} (trace_id, id) WHERE trace_recorded", cancellationToken);
        }

        await connection.ExecuteAsync(names.In($"ALTER INDEX messaging.tasks_trace ATTACH PARTITION messaging.{index}"), cancellationToken);
    }

    [LoggerMessage(
        EventId = 1814, EventName = "TraceIndexBuilding", Level = LogLevel.Information,
        Message = "Building the index of traces of {Partition}; nobody waits for it")]
    private partial void LogBuilding(string partition);
}
