using Messaging.Outbox.PostgreSql.Connections;
using System.Data;
using System.Data.Common;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Commits;

/// <summary>The transaction of one unit.</summary>
internal sealed class PostgresTransaction(
    PostgresConnections connections, PostgresDialect dialect, UncancelledCommits commits, FullDisk disk, NpgsqlConnection connection, NpgsqlTransaction transaction)
    : IStoreTransaction
{
    private bool _isCommitting;

    public DbTransaction Transaction => transaction;

    public OutboxTransaction Own => new(transaction, dialect);

    public bool IsEndedByHand
    {
        get
        {
            try
            {
                _ = transaction.IsolationLevel; // the one property that throws after the end of the transaction
                return false;
            }
            catch (InvalidOperationException)
            {
                return connection.State == ConnectionState.Open; // otherwise the connection was lost
            }
        }
    }

    public Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken) => disk.WatchAsync(
        () => connections.TranslateAllAsync(async () =>
        {
            await using var batch = new CommitBatch(connection, connections.Names, transaction);
            return await batch.ExecuteFirstPhaseAsync([work], cancellationToken);
        }),
        _ => false); // nothing of it is written before the commit

    public Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken) =>
        disk.WatchAsync(() => CommitWatchedAsync(work, cancellationToken), isWritten => isWritten);

    public ValueTask DisposeAsync() => _isCommitting ? ValueTask.CompletedTask : new Owned(connection, transaction).DisposeAsync();

    private async Task<bool> CommitWatchedAsync(StagedWork work, CancellationToken cancellationToken)
    {
        if (work.HasFirstPhase && !await ExecuteAsync(work, cancellationToken))
        {
            return false;
        }

        return await connections.TranslateAllAsync(async () =>
        {
            // After a failed command, COMMIT silently rolls back; any other statement fails with an error.
            await using var batch = new CommitBatch(connection, connections.Names, transaction).AddSecondPhase([work]).Check();
            await batch.ExecuteAsync(cancellationToken);
            commits.ThrowIfTooMany();
            _isCommitting = true;
            return await commits.RunAsync(
                async () =>
                {
                    await transaction.CommitAsync(CancellationToken.None);
                    return true;
                },
                new Owned(connection, transaction),
                cancellationToken);
        });
    }

    /// <summary>Disposed with the unit of work, or after its commit if the caller no longer waits for it.</summary>
    private sealed class Owned(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
