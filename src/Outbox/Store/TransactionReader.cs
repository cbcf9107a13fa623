using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Runs queries of the library in a transaction.</summary>
internal sealed class TransactionReader(OutboxTransaction transaction) : IStoreReader
{
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default) =>
        await transaction.QueryAsync(sql, read, cancellationToken, [.. parameters]);
}
