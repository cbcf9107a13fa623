using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Partitions;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.CleanUp;

/// <summary>Drops partitions, and deletes old rows from the partitions that are never dropped.</summary>
internal sealed class PostgresRetention(PostgresConnections connections) : IRetentionStore
{
    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IAsyncDisposable?>(() => CleanUpTurn.TryTakeAsync(connections, cancellationToken));

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
                Delete($"messaging.inbox_{part}", "consumed_at < $1", retention.Inbox);
                Delete($"messaging.tasks_{part}", $"finished_at < $1 AND state = {(int)TaskState.Succeeded}", retention.SucceededTasks);
            }

            return await batch.ExecuteNonQueryAsync(cancellationToken);

            void Delete(string table, string where, DateTimeOffset before)
            {
                var command = new NpgsqlBatchCommand(
                    connections.Names.In($"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {where} LIMIT $2))"));
                command.Parameters.Add(TypedParameter.Parameter(before.UtcDateTime));
                command.Parameters.Add(TypedParameter.Parameter(retention.Limit));
                batch.BatchCommands.Add(command);
            }
        }, cancellationToken));
}
