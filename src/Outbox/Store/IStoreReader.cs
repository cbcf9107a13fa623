using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>
/// Runs queries of a use case, with positional parameters (<c>$1</c>, <c>$2</c>, …), the same SQL for PostgreSQL and SQLite. A
/// query waits for no writer, and sees what was committed before it; use <see cref="IUnitOfWork.BeginAsync"/> to read inside a
/// transaction.
/// </summary>
public interface IStoreReader
{
    /// <summary>Runs a query and returns its rows.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default);
}
