using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Runs SQL of the library (<see cref="TableNames"/>) in a transaction that somebody else commits.</summary>
internal readonly struct OutboxTransaction(DbTransaction transaction, TableNames names)
{
    public DbTransaction Transaction => transaction;

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] parameters) =>
        transaction.ExecuteAsync(names.In(sql), cancellationToken, parameters);

    public Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] parameters) =>
        transaction.QueryAsync(names.In(sql), read, cancellationToken, parameters);
}
