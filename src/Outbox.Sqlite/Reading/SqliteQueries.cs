using System.Data.Common;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Reading;

/// <summary>Reads outside of a transaction.</summary>
internal sealed class SqliteQueries(SqliteDatabase database) : IStoreQueries
{
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Prepare(transaction: null, sql, [.. parameters]), read, cancellationToken);

    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.PrepareAsWritten(transaction: null, sql, [.. parameters]), read, cancellationToken);

    private Task<IReadOnlyList<T>> ReadAsync<T>(
        Func<PreparedConnection, SqliteCommand> prepare, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(
            connection =>
            {
                using var reader = prepare(connection).ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                {
                    rows.Add(read(reader));
                }

                return rows;
            },
            cancellationToken);
}
