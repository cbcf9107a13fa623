using System.Data.Common;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.Postgres;

/// <summary>One unit's own transaction.</summary>
internal sealed class PostgresTransaction(PostgresConnections connections, NpgsqlConnection connection, NpgsqlTransaction transaction) : IStoreTransaction
{
    public DbTransaction Transaction => transaction;

    public Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken) =>
        connections.TranslateAllAsync(async () =>
        {
            await using var batch = new PostgresBatch(connection, transaction);
            return await batch.ExecuteFirstPhaseAsync([work], cancellationToken);
        });

    public async Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken)
    {
        if (work.HasFirstPhase && !await ExecuteAsync(work, cancellationToken))
        {
            return false;
        }

        return await connections.TranslateAllAsync(async () =>
        {
            // A transaction in which a command failed answers COMMIT with a silent rollback; any other statement makes it say so.
            await using var batch = new PostgresBatch(connection, transaction).AddSecondPhase([work]).Check();
            await batch.ExecuteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
