using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>Runs statements in a transaction. They are synchronous, so each task is completed when it is returned.</summary>
internal sealed class SqliteCommands(PreparedConnection connection, SqliteTransaction? transaction) : IStoreCommands
{
    public Task<int> ExecuteAsync(string sql, params object?[] parameters) => Task.FromResult(connection.Execute(transaction, sql, parameters));

    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters) =>
        Task.FromResult(connection.Query(transaction, sql, read, parameters));
}
