using System.Data.Common;
using System.Security.Cryptography;
using Messaging.Outbox.PostgreSql.Partitions;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql;

/// <summary>The store on PostgreSQL 15 or newer.</summary>
internal sealed class PostgresStore : IOutboxStore
{
    private const long CleanUpLock = 7_276_158_290_115;

    private readonly PostgresConnections _connections;
    private readonly PostgresDialect _dialect;
    private readonly TableNames names;
    private readonly TimeSpan claimTimeout;
    private readonly PostgresCommits _commits = new();
    private readonly FullDisk _disk = new();
    private readonly PostgresQuota _quota = new(TimeProvider.System);
    private readonly ClaimPositions _positions = new(TimeProvider.System);

    public PostgresStore(NpgsqlDataSource dataSource, TableNames names, TimeSpan claimTimeout)
    {
        this.names = names;
        this.claimTimeout = claimTimeout;
        _connections = new PostgresConnections(dataSource, names);
        _dialect = new PostgresDialect(_connections);
    }

    public TableNames Names => names;

    // One commit's fsync overlaps with the next one's round trips; more only makes the groups smaller.
    public int MaxConcurrentCommits => 2;

    // A claim deletes its rows at its own commit: there is nothing left for a consumer to settle.
    public bool CanWaitForConsumers => false;

    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        // Of a group each member is tried alone next; who is alone comes again later.
        return _disk.WatchAsync(() => group.Count > 1 ? PostgresErrors.Translate(RunAsync) : PostgresErrors.TranslateAll(RunAsync));

        async Task<bool[]> RunAsync()
        {
            var seen = new HashSet<InboxKey>();
            var unique = group.Select(work => work.InboxKeys.TrueForAll(seen.Add)).ToArray();
            var (deadlocks, tries) = (0, 1);
            while (true)
            {
                var work = group.Where((_, i) => unique[i]).ToList();
                try
                {
                    if (work.Count == 0 || await TryCommitAsync(work, lockWait, cancellationToken))
                    {
                        return unique;
                    }
                }
                catch (PostgresException exception) when (PostgresErrors.MayPassIfRepeated(exception) && ++deadlocks <= 3)
                {
                    continue; // rolled back: two groups had wanted the same rows in another order
                }
                catch (PostgresException exception) when (tries < 3 && _connections.ClearIfAtFault(exception) && WasRolledBack(exception, work))
                {
                    await PostgresConnections.PauseAsync(tries++, cancellationToken);
                    continue;
                }
                catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable && lockWait is not null)
                {
                    throw new RowsLockedException(exception);
                }
                catch (PostgresException exception) when (
                    PostgresErrors.KindOf(exception) is SqlErrorKind.Other or SqlErrorKind.Permanent
                    && work.Exists(w => w.InboxKeys.Count > 0 || w.Outcomes.Count > 0))
                {
                    // Perhaps the rows of a duplicate, which are there already, and not a fault of anybody.
                    if (!await LeaveOutDoneAsync(group, unique, cancellationToken))
                    {
                        throw;
                    }

                    continue;
                }

                await LeaveOutDoneAsync(group, unique, cancellationToken);
            }
        }
    }

    /// <summary>
    /// A statement was refused; or a server that ends has said so before it said that it was ready again, which it says after an implicit commit
    /// without a look at signals in between. After a COMMIT among other statements it may look.
    /// </summary>
    private static bool WasRolledBack(PostgresException exception, List<StagedWork> work) =>
        exception.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction || !work.Exists(w => w.DecidesInBetween);

    public Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IStoreTransaction>(async () =>
        {
            var connection = await _connections.OpenAsync(cancellationToken);
            return new PostgresTransaction(_connections, _dialect, _commits, connection, await connection.BeginTransactionAsync(cancellationToken));
        });

    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        PostgresErrors.TranslateAll(() => _connections.UseAsync(
            async connection =>
            {
                await using var batch = new PostgresBatch(connection, names);
                return await batch.FindDoneAsync(keys, tasks, cancellationToken);
            },
            cancellationToken));

    public Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => PostgresClaim.ClaimAsync(_connections, _positions, limit, claimTimeout, cancellationToken));

    // Level by level, as the index has it; what waits for another task is due at infinity.
    public async Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            """
            SELECT extract(epoch FROM min(next.due_at) - clock_timestamp())::float8
            FROM (VALUES (0), (1), (2)) AS level (priority)
            CROSS JOIN LATERAL (SELECT due_at FROM messaging.outbox WHERE priority = level.priority AND due_at < 'infinity' ORDER BY due_at LIMIT 1) AS next
            """,
            [],
            reader => reader.IsDBNull(0) ? (TimeSpan?)null : TimeSpan.FromSeconds(reader.GetDouble(0)),
            cancellationToken);
        if (rows[0] <= TimeSpan.Zero)
        {
            _positions.Reset(); // wherever that is
        }

        return rows[0];
    }

    // A claim is an open transaction: the server rolls it back when its process is gone.
    public Task RecoverAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => _connections.UseAsync(
            async connection =>
            {
                tasks = [.. tasks.OrderBy(t => t.Id)]; // as outcomes are: one order of row locks
                await using var batch = new PostgresBatch(connection, names).MarkRunning(tasks, worker);
                await batch.ExecuteAsync(cancellationToken);
                return true;
            },
            cancellationToken));

    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsWrittenAsync(names.In(sql), parameters, read, cancellationToken);

    // Over many partitions a plan looks dear enough to be compiled, which takes longer than what is read here ever does.
    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        PostgresErrors.TranslateAll(() => _connections.UseAsync<IReadOnlyList<T>>(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection);
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('jit', 'off', true)"));
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
                batch.BatchCommands[1].Parameters.AddRange(parameters.Select(PostgresDialect.Parameter).ToArray());
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                await reader.NextResultAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(read(reader));
                }

                return rows;
            },
            cancellationToken));

    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        (await QueryAsync("SELECT clock_timestamp()", [], reader => reader.GetFieldValue<DateTimeOffset>(0), cancellationToken))[0];

    public string LockRows => _dialect.LockRows;

    public string SkipLocked => _dialect.SkipLocked;

    public string Never => _dialect.Never;

    public string IsUnclaimed => _dialect.IsUnclaimed;

    public string IsAmong(Func<string, string> select) => _dialect.IsAmong(select);

    public void Bind(DbParameter parameter, int number, object? value) => _dialect.Bind(parameter, number, value);

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => _dialect.TranslateAsync(action);

    // The transaction is idle while the work is done by others: it holds no snapshot, and so nothing up.
    public Task<IAsyncDisposable?> TakeTurnToCleanUpAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IAsyncDisposable?>(async () =>
        {
            var connection = await _connections.OpenAsync(cancellationToken);
            var turn = new PostgresTransaction(_connections, _dialect, _commits, connection, await connection.BeginTransactionAsync(cancellationToken));
            var isTaken = false;
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
                command.Parameters.Add(PostgresBatch.Parameter(CleanUpLock));
                isTaken = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
                return isTaken ? turn : null;
            }
            finally
            {
                if (!isTaken)
                {
                    await turn.DisposeAsync();
                }
            }
        });

    public Task<IReadOnlyList<PartitionChange>> MaintainPartitionsAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IReadOnlyList<PartitionChange>>(async () =>
        {
            var partitions = new PostgresPartitions(_connections);
            return
            [
                .. await partitions.MaintainAsync(PartitionedTable.Tasks, now - retention.SucceededTasks, now, cancellationToken),
                .. await partitions.MaintainAsync(PartitionedTable.Inbox, now - retention.Inbox, now, cancellationToken),
            ];
        });

    // What is a range of time goes with its partition: only the rest is deleted row by row.
    public Task<int> CleanUpAsync(Retention retention, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => _connections.UseAsync(async connection =>
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
                    names.In($"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {where} LIMIT $2))"));
                command.Parameters.Add(PostgresBatch.Parameter(before.UtcDateTime));
                command.Parameters.Add(PostgresBatch.Parameter(retention.Limit));
                batch.BatchCommands.Add(command);
            }
        }, cancellationToken));

    // A session may be read-only while the server is not, and the other way round.
    public Task PingAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => _connections.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    names.In("""
                    SELECT current_setting('transaction_read_only'), (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1),
                        (SELECT name FROM messaging.queues LIMIT 1)
                    """),
                    connection);
                if ((string)(await command.ExecuteScalarAsync(cancellationToken))! == "on")
                {
                    throw new PostgresException("read-only", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction);
                }

                await _disk.CheckAsync(() => WriteAndTakeBackAsync(connection, cancellationToken));
                return true;
            },
            cancellationToken));

    // The server's disk is out of sight: what is known is the size of the database, and that a commit has found the disk full.
    public Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            if (_disk.IsFull)
            {
                try
                {
                    await _connections.UseAsync(
                        async connection =>
                        {
                            await _disk.CheckAsync(() => WriteAndTakeBackAsync(connection, cancellationToken));
                            return true;
                        },
                        cancellationToken);
                }
                catch (PostgresException exception) when (SqlErrors.IsDiskFull(exception))
                {
                    return PostgresErrors.Describe(exception);
                }
            }

            return await _quota.CheckAsync(_connections, limits, cancellationToken);
        });

    /// <summary>More than the free space of any page, and stored outside of its row: the file has to grow.</summary>
    private async Task WriteAndTakeBackAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const int Bytes = 256 * 1_024;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            names.In("INSERT INTO messaging.sent_messages (check_at, ids, messages) VALUES (now(), '', $1)"), connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = RandomNumberGenerator.GetBytes(Bytes) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }

    /// <returns>Whether there was one to be left out.</returns>
    private async Task<bool> LeaveOutDoneAsync(
        IReadOnlyList<StagedWork> group, bool[] unique, CancellationToken cancellationToken)
    {
        var done = await FindDoneAsync(
            [.. group.SelectMany(w => w.InboxKeys)], [.. group.SelectMany(w => w.Outcomes).Select(o => o.Id)], cancellationToken);
        var found = false;
        for (var i = 0; i < group.Count; i++)
        {
            if (unique[i] && group[i].IsDone(done))
            {
                unique[i] = false;
                found = true;
            }
        }

        return found;
    }

    private async Task<bool> TryCommitAsync(List<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        _commits.ThrowIfTooMany();
        var connection = await _connections.OpenAsync(cancellationToken);
        return await _commits.RunAsync(() => CommitAsync(connection, group, lockWait), connection, cancellationToken);
    }

    private async Task<bool> CommitAsync(NpgsqlConnection connection, List<StagedWork> group, TimeSpan? lockWait)
    {
        if (!group.Exists(w => w.DecidesInBetween))
        {
            // A batch without BEGIN is one implicit transaction: all of it, or nothing.
            await using var both = new PostgresBatch(connection, names).WithoutTimeLimit().LimitLockWait(lockWait);
            await both.ExecuteBothPhasesAsync(group, CancellationToken.None);
            return true;
        }

        await using var first = new PostgresBatch(connection, names).WithoutTimeLimit().Begin().LimitLockWait(lockWait);
        if (!await first.ExecuteFirstPhaseAsync(group, CancellationToken.None))
        {
            await connection.ExecuteAsync("ROLLBACK", CancellationToken.None);
            return false;
        }

        await using var second = new PostgresBatch(connection, names).WithoutTimeLimit().AddSecondPhase(group).Commit();
        await second.ExecuteAsync(CancellationToken.None);
        return true;
    }
}
