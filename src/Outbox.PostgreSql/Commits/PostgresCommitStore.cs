using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Commits;

/// <summary>Commits groups of units of work. Leaves out units whose inbox key exists already.</summary>
internal sealed class PostgresCommitStore(
    PostgresConnections connections, PostgresDialect dialect, IInboxStore inbox, UncancelledCommits commits, FullDisk disk) : ICommitStore
{
    // The fsync of one commit overlaps with the round trips of the next. More concurrency would only make the groups smaller.
    public int MaxConcurrentCommits => 2;

    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        // After an error each unit of a group is tried alone; a unit that fails alone is retried by its caller.
        return disk.WatchAsync(
            () => group.Count > 1 ? PostgresErrors.Translate(RunAsync) : PostgresErrors.TranslateAll(RunAsync), written => written.Contains(true));

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
                    continue; // rolled back: two groups locked the same rows in a different order
                }
                catch (PostgresException exception) when (tries < 3 && connections.ClearIfAtFault(exception) && WasRolledBack(exception, work))
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
                    // The unique violation may be the inbox key of a duplicate.
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

    public Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IStoreTransaction>(async () =>
        {
            var connection = await connections.OpenAsync(cancellationToken);
            try
            {
                return new PostgresTransaction(connections, dialect, commits, disk, connection, await connection.BeginTransactionAsync(cancellationToken));
            }
            catch
            {
                await connection.DisposeAsync(); // the caller stopped waiting in between
                throw;
            }
        });

    /// <summary>
    /// Whether the transaction was certainly rolled back. A rejected statement always rolls it back. If the server is shutting down, it
    /// depends on the batch: after the implicit commit of a batch the server reports success without checking for a shutdown, but
    /// after an explicit COMMIT it may check first.
    /// </summary>
    private static bool WasRolledBack(PostgresException exception, List<StagedWork> work) =>
        exception.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction || !work.Exists(w => w.DecidesInBetween);

    /// <returns>Whether at least one unit was left out.</returns>
    private async Task<bool> LeaveOutDoneAsync(
        IReadOnlyList<StagedWork> group, bool[] unique, CancellationToken cancellationToken)
    {
        var done = await inbox.FindDoneAsync(
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
        commits.ThrowIfTooMany();
        var connection = await connections.OpenAsync(cancellationToken);
        return await commits.RunAsync(() => CommitAsync(connection, group, lockWait), connection, cancellationToken);
    }

    private async Task<bool> CommitAsync(NpgsqlConnection connection, List<StagedWork> group, TimeSpan? lockWait)
    {
        if (!group.Exists(w => w.DecidesInBetween))
        {
            // A batch without BEGIN is one implicit transaction.
            await using var both = new CommitBatch(connection, connections.Names).WithoutTimeLimit().LimitLockWait(lockWait);
            await both.ExecuteBothPhasesAsync(group, CancellationToken.None);
            return true;
        }

        await using var first = new CommitBatch(connection, connections.Names).WithoutTimeLimit().Begin().LimitLockWait(lockWait);
        if (!await first.ExecuteFirstPhaseAsync(group, CancellationToken.None))
        {
            await connection.ExecuteAsync("ROLLBACK", CancellationToken.None);
            return false;
        }

        await using var second = new CommitBatch(connection, connections.Names).WithoutTimeLimit().AddSecondPhase(group).Commit();
        await second.ExecuteAsync(CancellationToken.None);
        return true;
    }
}
