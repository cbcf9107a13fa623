using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>The write lock with its transaction.</summary>
internal sealed class SqliteTurn(PreparedConnection connection, SqliteTransaction transaction, SemaphoreSlim turn) : IAsyncDisposable
{
    public PreparedConnection Connection => connection;
    public SqliteTransaction Transaction => transaction;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        finally
        {
            turn.Release();
        }
    }
}
