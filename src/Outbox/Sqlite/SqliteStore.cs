using System.Collections.Concurrent;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite;

/// <summary>The store on one SQLite file, which one process at a time may own.</summary>
internal sealed class SqliteStore(SqliteDatabase database, TimeProvider time) : IOutboxStore
{
    // Claimed, not completed, and not yet given back, because the database could not be written.
    private readonly ConcurrentQueue<long> _toGiveBack = new();

    // SQLite has one writer; a second loop would only wait for the first.
    public int MaxConcurrentCommits => 1;

    public bool CanWaitForConsumers => true;

    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
            {
                var writer = new SqliteWriter(connection, transaction, time);
                var unique = new bool[group.Count];
                for (var i = 0; i < group.Count; i++)
                {
                    unique[i] = !writer.AnyConsumed(group[i].InboxKeys);
                    if (unique[i])
                    {
                        writer.ExecuteFirstPhase(group[i]);
                        writer.ExecuteSecondPhase(group[i]);
                    }
                }

                return unique;
            },
            cancellationToken);

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new SqliteTransactionOfUnit(await database.BeginAsync(cancellationToken), time);

    public Task<IReadOnlySet<InboxKey>> FindConsumedAsync(
        IReadOnlyCollection<InboxKey> keys, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<InboxKey>>(
            connection =>
            {
                var writer = new SqliteWriter(connection, transaction: null, time);
                return keys.Where(key => writer.AnyConsumed([key])).ToHashSet();
            },
            cancellationToken);

    public async Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
    {
        // An empty look must not cost a write: that would be an fsync, and the turn of everyone else.
        var anyDue = await database.ReadAsync(connection => SqliteClaim.AnyDue(connection, time), cancellationToken);
        await SqliteClaim.GiveBackAsync(database, _toGiveBack, cancellationToken);
        var claimed = anyDue
            ? await database.WriteAsync((c, t) => SqliteClaim.Claim(c, t, limit, settlements, time), cancellationToken)
            : [];
        return new SqliteClaim(database, time, claimed, settlements, _toGiveBack);
    }

    public Task RecoverAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(transaction, "UPDATE outbox SET in_flight = 0, attempts = attempts + 1 WHERE in_flight = 1"),
            cancellationToken);

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => tasks.Sum(task => connection.Execute(
                transaction,
                $"""
                UPDATE tasks SET state = {(int)TaskState.Running}, attempts = $2, started_at = $3, next_attempt_at = NULL
                WHERE id = $1 AND attempts < $2
                  AND state IN ({(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying})
                """,
                task.Id,
                task.Attempt,
                task.StartedAt.ToUnixTimeMilliseconds())),
            cancellationToken);

    public Task<TaskRecord?> FindTaskAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var command = connection.Command(
                    null,
                    """
                    SELECT id, kind, state, attempts, created_at, started_at, finished_at, next_attempt_at, last_error
                    FROM tasks WHERE id = $1
                    """,
                    id);
                using var reader = command.ExecuteReader();
                return reader.Read() ? TaskReader.Read(reader) : null;
            },
            cancellationToken);

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(
                    transaction,
                    """
                    DELETE FROM inbox WHERE (message_id, consumer_id) IN
                        (SELECT message_id, consumer_id FROM inbox WHERE consumed_at < $1 LIMIT $2)
                    """,
                    retention.Inbox.ToUnixTimeMilliseconds(),
                    retention.Limit)
                + connection.Execute(
                    transaction,
                    $"""
                    DELETE FROM tasks WHERE id IN (SELECT id FROM tasks
                        WHERE (finished_at < $1 AND state = {(int)TaskState.Succeeded})
                           OR (finished_at < $2 AND state = {(int)TaskState.Failed}) LIMIT $3)
                    """,
                    retention.SucceededTasks.ToUnixTimeMilliseconds(),
                    retention.FailedTasks.ToUnixTimeMilliseconds(),
                    retention.Limit)
                + connection.Execute(
                    transaction,
                    "DELETE FROM outbox WHERE due_at > $1 AND due_at < $2",
                    SqliteWriter.Kept(DateTimeOffset.UnixEpoch),
                    SqliteWriter.Kept(retention.FailedTasks)),
            cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var command = connection.Command(null, "SELECT (SELECT 1 FROM outbox LIMIT 1), (SELECT 1 FROM tasks LIMIT 1)");
                return command.ExecuteScalar();
            },
            cancellationToken);
}
