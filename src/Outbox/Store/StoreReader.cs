using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Store;

internal sealed class StoreReader(IStoreQueries queries, IOptions<OutboxOptions> options) : IStoreReader
{
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default) =>
        StoreDeadline.RunAsync(options.Value.CommitTimeout, token => queries.QueryAsWrittenAsync(sql, parameters, read, token), cancellationToken);
}
