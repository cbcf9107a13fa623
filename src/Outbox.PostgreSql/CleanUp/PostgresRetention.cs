using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Partitions;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.CleanUp;

/// <summary>Drops partitions, and deletes old rows from the partitions that are never dropped.</summary>
internal sealed class PostgresRetention(PostgresConnections connections) : IRetentionStore
{
    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IAsyncDisposable?>(() => CleanUpTurn.TryTakeAsync(connections, CleanUpTurn.CleanUp, cancellationToken));

    public Task<IAsyncDisposable?> TakeTurnToSweepAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IAsyncDisposable?>(() => CleanUpTurn.TryTakeAsync(connections, CleanUpTurn.Sweep, cancellationToken));

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IReadOnlyList<PartitionChange>>(async () =>
        {
            var partitions = new PostgresPartitions(connections);
            return
            [
                .. await partitions.MaintainAsync(PartitionedTable.Tasks, now - retention.SucceededTasks, now, cancellationToken),
                .. await partitions.MaintainAsync(PartitionedTable.Inbox, now - retention.Inbox, now, cancellationToken),
            ];
        });

    // Rows in a time range are dropped with its partition; only the others are deleted one by one.
    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => connections.UseAsync(async connection =>
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var part in (string[])["default", "low", "high"])
            {
                Add(Delete($"messaging.inbox_{part}", "consumed_at < $1"), retention.Inbox);
                Add(
                    $"""
                    WITH gone AS ({Delete($"messaging.tasks_{part}", $"finished_at < $1 AND state = {(int)TaskState.Succeeded}")} RETURNING id),
                    payloads AS (DELETE FROM messaging.task_payloads WHERE task_id = ANY (ARRAY(SELECT id FROM gone))),
                    keys AS (DELETE FROM messaging.task_keys WHERE task_id = ANY (ARRAY(SELECT id FROM gone)))
                    SELECT count(*) FROM gone
                    """,
                    retention.SucceededTasks);
            }

            return await SumAsync(batch, cancellationToken);

            static string Delete(string table, string where) => $"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {where} LIMIT $2))";

            void Add(string sql, DateTimeOffset before)
            {
                var command = new NpgsqlBatchCommand(connections.Names.In(sql));
                command.Parameters.Add(TypedParameter.Parameter(before.UtcDateTime));
                command.Parameters.Add(TypedParameter.Parameter(retention.Limit));
                batch.BatchCommands.Add(command);
            }
        }, cancellationToken));

    /// <summary>The rows that were deleted: the statements on tasks return their number, and the driver counts those of the others.</summary>
    private static async Task<int> SumAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var tasks = 0L;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            do
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    tasks += reader.GetInt64(0);
                }
            }
            while (await reader.NextResultAsync(cancellationToken));
        }

        return (int)tasks + batch.BatchCommands.Cast<NpgsqlBatchCommand>().Where(c => c.StatementType == StatementType.Delete).Sum(c => c.RecordsAffected);
    }
}
