using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.Postgres;

/// <summary>The store on PostgreSQL 15 or newer.</summary>
internal sealed class PostgresStore(NpgsqlDataSource dataSource, TimeSpan claimTimeout) : IOutboxStore
{
    // One commit's fsync overlaps with the next one's round trips; more only makes the groups smaller.
    public int MaxConcurrentCommits => 2;

    // A claim deletes its rows at its own commit: there is nothing left for a consumer to settle.
    public bool CanWaitForConsumers => false;

    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            var seen = new HashSet<InboxKey>();
            var unique = group.Select(work => work.InboxKeys.TrueForAll(seen.Add)).ToArray();
            var deadlocks = 0;
            while (true)
            {
                var work = group.Where((_, i) => unique[i]).ToList();
                try
                {
                    if (work.Count == 0 || await TryCommitAsync(work, cancellationToken))
                    {
                        return unique;
                    }
                }
                catch (PostgresException exception) when (PostgresErrors.MayPassIfRepeated(exception) && ++deadlocks <= 3)
                {
                    continue; // rolled back: two groups had wanted the same rows in another order
                }
                catch (PostgresException) when (work.Exists(w => w.InboxKeys.Count > 0))
                {
                    // Perhaps the rows of a duplicate, which are there already, and not a fault of anybody.
                    if (!await LeaveOutConsumedAsync(group, unique, cancellationToken))
                    {
                        throw;
                    }

                    continue;
                }

                await LeaveOutConsumedAsync(group, unique, cancellationToken);
            }
        });

    public Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IStoreTransaction>(async () =>
        {
            var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return new PostgresTransaction(connection, await connection.BeginTransactionAsync(cancellationToken));
        });

    public Task<IReadOnlySet<InboxKey>> FindConsumedAsync(
        IReadOnlyCollection<InboxKey> keys, CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IReadOnlySet<InboxKey>>(async () =>
        {
            await using var command = dataSource.CreateCommand(
                """
                SELECT message_id, consumer_id FROM inbox
                JOIN unnest($1, $2) AS k (message_id, consumer_id) USING (message_id, consumer_id)
                """);
            command.Parameters.Add(PostgresBatch.Parameter(keys.Select(k => k.MessageId).ToArray()));
            command.Parameters.Add(PostgresBatch.Parameter(keys.Select(k => k.ConsumerId).ToArray()));
            var found = new HashSet<InboxKey>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(new InboxKey(reader.GetGuid(0), reader.GetGuid(1)));
            }

            return found;
        });

    public Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => PostgresClaim.ClaimAsync(dataSource, limit, claimTimeout, cancellationToken));

    // A claim is an open transaction: the server rolls it back when its process is gone.
    public Task RecoverAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            tasks = [.. tasks.OrderBy(t => t.Id)]; // as outcomes are: one order of row locks
            await using var command = dataSource.CreateCommand(
                $"""
                UPDATE tasks SET state = {(int)TaskState.Running}, attempts = r.attempt, started_at = r.started_at, next_attempt_at = NULL
                FROM unnest($1, $2, $3) AS r (id, attempt, started_at)
                WHERE tasks.id = r.id AND tasks.attempts < r.attempt
                  AND tasks.state IN ({(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying})
                """);
            command.Parameters.Add(PostgresBatch.Parameter(tasks.Select(t => t.Id).ToArray()));
            command.Parameters.Add(PostgresBatch.Parameter(tasks.Select(t => t.Attempt).ToArray()));
            command.Parameters.Add(PostgresBatch.Parameter(tasks.Select(t => t.StartedAt.UtcDateTime).ToArray()));
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });

    public Task<TaskRecord?> FindTaskAsync(Guid id, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            await using var command = dataSource.CreateCommand(
                """
                SELECT id, kind, state, attempts, created_at, started_at, finished_at, next_attempt_at, last_error
                FROM tasks WHERE id = $1
                """);
            command.Parameters.Add(PostgresBatch.Parameter(id));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? TaskReader.Read(reader) : null;
        });

    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            await using var command = dataSource.CreateCommand(
                $"""
                WITH old_inbox AS (
                    DELETE FROM inbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox WHERE consumed_at < $1 LIMIT $4)) RETURNING 1),
                old_tasks AS (
                    DELETE FROM tasks WHERE ctid = ANY (ARRAY(SELECT ctid FROM tasks
                        WHERE (created_at < $2 AND finished_at < $2 AND state = {(int)TaskState.Succeeded})
                           OR (created_at < $3 AND finished_at < $3 AND state = {(int)TaskState.Failed}) LIMIT $4))
                    RETURNING 1)
                SELECT (SELECT count(*) FROM old_inbox) + (SELECT count(*) FROM old_tasks)
                """);
            command.Parameters.Add(PostgresBatch.Parameter(retention.Inbox.UtcDateTime));
            command.Parameters.Add(PostgresBatch.Parameter(retention.SucceededTasks.UtcDateTime));
            command.Parameters.Add(PostgresBatch.Parameter(retention.FailedTasks.UtcDateTime));
            command.Parameters.Add(PostgresBatch.Parameter(retention.Limit));
            return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
        });

    public Task PingAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            await using var command = dataSource.CreateCommand("SELECT (SELECT 1 FROM outbox LIMIT 1), (SELECT 1 FROM tasks LIMIT 1)");
            return await command.ExecuteScalarAsync(cancellationToken);
        });

    /// <returns>Whether there was one to be left out.</returns>
    private async Task<bool> LeaveOutConsumedAsync(
        IReadOnlyList<StagedWork> group, bool[] unique, CancellationToken cancellationToken)
    {
        var consumed = await FindConsumedAsync([.. group.SelectMany(w => w.InboxKeys)], cancellationToken);
        var found = false;
        for (var i = 0; i < group.Count; i++)
        {
            if (unique[i] && group[i].InboxKeys.Exists(consumed.Contains))
            {
                unique[i] = false;
                found = true;
            }
        }

        return found;
    }

    private async Task<bool> TryCommitAsync(List<StagedWork> group, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var twoPhases = group.Exists(w => w.HasFirstPhase);
        if (twoPhases)
        {
            await using var first = new PostgresBatch(connection).Begin();
            if (!await first.ExecuteFirstPhaseAsync(group, cancellationToken))
            {
                await connection.ExecuteAsync("ROLLBACK", cancellationToken);
                return false;
            }
        }

        // A batch without BEGIN is one implicit transaction: all of it, or nothing.
        await using var second = new PostgresBatch(connection).AddSecondPhase(group);
        await (twoPhases ? second.Commit() : second).ExecuteAsync(cancellationToken);
        return true;
    }
}
