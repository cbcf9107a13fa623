using System.Data.Common;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite;

/// <summary>One unit's own transaction. It holds the turn to write until it is disposed.</summary>
internal sealed class SqliteTransactionOfUnit(SqliteTurn turn, TimeProvider time) : IStoreTransaction
{
    private readonly SqliteWriter _writer = new(turn.Connection, turn.Transaction, time);

    public DbTransaction Transaction => turn.Transaction;

    public Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken) =>
        Task.FromResult(SqliteDatabase.Translate(() =>
        {
            if (_writer.IsDone(work))
            {
                return false;
            }

            _writer.ExecuteFirstPhase(work);
            return true;
        }));

    public async Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken) =>
        await ExecuteAsync(work, cancellationToken) && SqliteDatabase.Translate(() =>
        {
            _writer.ExecuteSecondPhase(work);
            turn.Transaction.Commit();
            return true;
        });

    public ValueTask DisposeAsync() => turn.DisposeAsync();
}
