using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>The seam for reads outside of a transaction.</summary>
internal interface IStoreQueries
{
    /// <summary>Reads by SQL of the library, which is the same in every dialect (<see cref="StoreSql"/>).</summary>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Reads by SQL of the application, which uses the table names as they are.</summary>
    Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken);
}
