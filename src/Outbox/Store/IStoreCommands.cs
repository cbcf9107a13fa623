using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>
/// Runs statements one by one in a transaction that the caller commits; the same SQL for both dialects (<see cref="StoreSql"/>).
/// </summary>
internal interface IStoreCommands
{
    Task<int> ExecuteAsync(string sql, params object?[] parameters);

    Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters);
}
