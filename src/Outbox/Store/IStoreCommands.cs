using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Runs statements, one by one, in the transaction that somebody else commits; the same text for both dialects (<see cref="StoreSql"/>).</summary>
internal interface IStoreCommands
{
    Task<int> ExecuteAsync(string sql, params object?[] parameters);

    Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters);
}
