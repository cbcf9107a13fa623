using Messaging.Outbox.Sqlite.Connections;
using System.Data.Common;
using Messaging.Outbox.Store;
using SQLitePCL;

namespace Messaging.Outbox.Sqlite.Commits;

/// <summary>The transaction of one unit. It holds the write lock until it is disposed.</summary>
internal sealed class SqliteTransactionOfUnit(SqliteTurn turn, SqliteDialect dialect, FullDisk disk, TimeProvider time) : IStoreTransaction
{
    private readonly SqliteWriter _writer = new(turn.Connection, turn.Transaction, time);

    public DbTransaction Transaction => turn.Transaction;

    public OutboxTransaction Own => new(turn.Transaction, dialect);

    public bool IsEndedByHand => turn.Transaction.Connection is null;

    public Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken) =>
        disk.WatchAsync(() => Task.FromResult(Execute(work)), _ => false); // nothing of it is written before the commit

    public Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken) =>
        disk.WatchAsync(() => Task.FromResult(Commit(work)), isWritten => isWritten);

    public ValueTask DisposeAsync() => turn.DisposeAsync();

    private bool Execute(StagedWork work) =>
        SqliteErrors.Translate(() =>
        {
            if (raw.sqlite3_get_autocommit(turn.Connection.Handle) != 0)
            {
                throw new StoreUnavailableException("The database has rolled the transaction back."); // for example when its disk is full
            }

            if (_writer.IsDone(work))
            {
                return false;
            }

            _writer.ExecuteFirstPhase(work);
            return true;
        });

    private bool Commit(StagedWork work) =>
        Execute(work) && SqliteErrors.Translate(() =>
        {
            _writer.ExecuteSecondPhase(work);
            turn.Transaction.Commit();
            return true;
        });
}
