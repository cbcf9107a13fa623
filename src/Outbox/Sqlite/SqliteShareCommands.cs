using System.Data.Common;
using Messaging.Outbox.SharedTasks;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite;

/// <summary>The statements about a task that several consume; none of them waits.</summary>
internal sealed class SqliteShareCommands(PreparedConnection connection, SqliteTransaction? transaction) : IShareCommands
{
    public Task<int> ExecuteAsync(string sql, params object?[] parameters) => Task.FromResult(connection.Execute(transaction, sql, parameters));

    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters)
    {
        using var reader = connection.Prepare(transaction, sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return Task.FromResult(rows);
    }
}
