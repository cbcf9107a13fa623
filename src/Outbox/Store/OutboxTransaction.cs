using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Runs SQL of the library (<see cref="TableNames"/>) in a transaction that the caller commits.</summary>
internal readonly struct OutboxTransaction(DbTransaction transaction, ISqlDialect dialect)
{
    public DbTransaction Transaction => transaction;

    public ISqlDialect Dialect => dialect;

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] parameters) =>
        dialect.ExecuteAsync(transaction, dialect.Names.In(sql), parameters, cancellationToken);

    public Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] parameters) =>
        dialect.QueryAsync(transaction, dialect.Names.In(sql), parameters, read, cancellationToken);
}
