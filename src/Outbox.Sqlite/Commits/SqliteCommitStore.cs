using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Commits;

/// <summary>Commits groups of units.</summary>
internal sealed class SqliteCommitStore(SqliteDatabase database, SqliteDialect dialect, FullDisk disk, TimeProvider time) : ICommitStore
{
    // SQLite has one writer; a second loop would only wait for the first.
    public int MaxConcurrentCommits => 1;

    // There are no row locks: a writer locks the whole file, and others wait for it.
    public Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken) =>
        disk.WatchAsync(() => database.WriteAsync(
            (connection, transaction) =>
            {
                var writer = new SqliteWriter(connection, transaction, time);
                var unique = new bool[group.Count];
                for (var i = 0; i < group.Count; i++)
                {
                    unique[i] = !writer.IsDone(group[i]);
                    if (unique[i])
                    {
                        writer.ExecuteFirstPhase(group[i]);
                        writer.ExecuteSecondPhase(group[i]);
                    }
                }

                return unique;
            },
            cancellationToken), written => written.Contains(true));

    public async Task<IStoreTransaction> BeginAsync(CancellationToken cancellationToken) =>
        new SqliteTransactionOfUnit(await database.BeginAsync(cancellationToken), dialect, disk, time);
}
