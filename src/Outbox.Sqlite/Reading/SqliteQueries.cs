using System.Data.Common;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Reading;

/// <summary>Reads outside of a transaction. A statement that nobody waits for any more ends soon: it would keep a thread and the disk for as long as it takes.</summary>
internal sealed class SqliteQueries(SqliteDatabase database) : IStoreQueries
{
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Query(transaction: null, sql, read, [.. parameters]), cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.QueryAsWritten(transaction: null, sql, read, [.. parameters]), cancellationToken);

    private Task<IReadOnlyList<T>> ReadAsync<T>(Func<PreparedConnection, IReadOnlyList<T>> query, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.UntilCancelled(() => query(connection), cancellationToken), cancellationToken);
}
