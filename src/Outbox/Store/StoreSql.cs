using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>
/// Runs SQL that is the same in every dialect, with positional parameters (<c>$1</c>) and times as <see cref="StoreTime"/>. SQL
/// that does not run for every message is written once in this form.
/// </summary>
internal static class StoreSql
{
    public static async Task<int> ExecuteAsync(
        this ISqlDialect dialect, DbTransaction transaction, string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        await using var command = dialect.Command(transaction.Connection!, transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<List<T>> QueryAsync<T>(
        this ISqlDialect dialect,
        DbTransaction transaction,
        string sql,
        IReadOnlyList<object?> parameters,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
    {
        await using var command = dialect.Command(transaction.Connection!, transaction, sql, parameters);
        return await command.ReadAllAsync(read, cancellationToken);
    }

    public static DbCommand Command(
        this ISqlDialect dialect, DbConnection connection, DbTransaction? transaction, string sql, IReadOnlyList<object?> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        for (var i = 0; i < parameters.Count; i++)
        {
            StoredText.Check(parameters[i]);
            var parameter = command.CreateParameter();
            dialect.Bind(parameter, i + 1, parameters[i]);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static async Task<List<T>> ReadAllAsync<T>(
        this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAllAsync(read, cancellationToken);
    }

    /// <summary>Reads the rows of the current statement.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static string? Text(this DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    public static DateTimeOffset? Time(this DbDataReader reader, int ordinal) => reader.GetValue(ordinal) switch
    {
        DBNull => null,
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        _ => reader.GetFieldValue<DateTimeOffset>(ordinal),
    };
}
