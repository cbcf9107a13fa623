using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Store;

/// <summary>Runs queries of the library (<see cref="TableNames"/>).</summary>
internal sealed class OutboxReader(IStoreQueries queries, IOptions<OutboxOptions> options) : IStoreReader
{
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default) =>
        StoreDeadline.RunAsync(options.Value.CommitTimeout, token => queries.QueryAsync(sql, parameters, read, token), cancellationToken);
}
