using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.CleanUp;

/// <summary>Deletes rows past their retention; there are no partitions.</summary>
internal sealed class SqliteRetention(SqliteDatabase database) : IRetentionStore
{
    // Only one process uses the file.
    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(new NoTurn());

    public Task<IAsyncDisposable?> TakeTurnToSweepAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(new NoTurn());

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(
        Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionChange>>([]);

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(
                    transaction,
                    """
                    DELETE FROM messaging.inbox WHERE (message_id, consumer_id) IN
                        (SELECT message_id, consumer_id FROM messaging.inbox WHERE consumed_at < $1 LIMIT $2)
                    """,
                    new StoreTime(retention.Inbox),
                    retention.Limit)
                + connection.Execute(
                    transaction,
                    $"""
                    DELETE FROM messaging.tasks WHERE id IN
                        (SELECT id FROM messaging.tasks WHERE finished_at < $1 AND state = {(int)TaskState.Succeeded} LIMIT $2)
                    """,
                    new StoreTime(retention.SucceededTasks),
                    retention.Limit),
            cancellationToken);

    private sealed class NoTurn : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
