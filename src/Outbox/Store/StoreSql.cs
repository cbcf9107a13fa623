using System.Data.Common;
using Npgsql;

namespace Messaging.Outbox.Store;

/// <summary>A moment as the outbox's own tables keep it: timestamptz in PostgreSQL, milliseconds since 1970 in SQLite.</summary>
internal readonly record struct StoreTime(DateTimeOffset Value)
{
    public static StoreTime? Of(DateTimeOffset? value) => value is { } time ? new StoreTime(time) : null;
}

/// <summary>
/// SQL that is the same in both dialects: positional parameters (<c>$1</c>), and moments as <see cref="StoreTime"/>. What is
/// not on the way of every message is written like this, once.
/// </summary>
internal static class StoreSql
{
    public static async Task<int> ExecuteAsync(
        this DbTransaction transaction, string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var command = transaction.Connection!.Command(transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<List<T>> QueryAsync<T>(
        this DbTransaction transaction,
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params object?[] parameters)
    {
        await using var command = transaction.Connection!.Command(transaction, sql, parameters);
        return await command.ReadAllAsync(read, cancellationToken);
    }

    public static DbCommand Command(
        this DbConnection connection, DbTransaction? transaction, string sql, IReadOnlyList<object?> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        for (var i = 0; i < parameters.Count; i++)
        {
            StoredText.Check(parameters[i]);
            var parameter = command.CreateParameter();
            if (command is NpgsqlCommand)
            {
                parameter.Value = ForPostgres(parameters[i]);
            }
            else
            {
                parameter.ParameterName = $"${i + 1}";
                parameter.Value = ForSqlite(parameters[i]);
            }

            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static async Task<List<T>> ReadAllAsync<T>(
        this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static NpgsqlParameter PostgresParameter(object? value)
    {
        StoredText.Check(value);
        return new NpgsqlParameter { Value = ForPostgres(value) };
    }

    public static object ForPostgres(object? value) => value switch
    {
        null => DBNull.Value,
        StoreTime time => time.Value.UtcDateTime,
        DateTimeOffset time => time.UtcDateTime,
        Enum name => Convert.ToInt32(name, System.Globalization.CultureInfo.InvariantCulture),
        _ => value,
    };

    public static object ForSqlite(object? value) => value switch
    {
        null => DBNull.Value,
        StoreTime time => time.Value.ToUnixTimeMilliseconds(),
        DateTimeOffset time => time.ToUniversalTime(),
        Enum name => Convert.ToInt32(name, System.Globalization.CultureInfo.InvariantCulture),
        _ => value,
    };

    public static string? Text(this DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    public static DateTimeOffset? Time(this DbDataReader reader, int ordinal) => reader.GetValue(ordinal) switch
    {
        DBNull => null,
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        _ => reader.GetFieldValue<DateTimeOffset>(ordinal),
    };
}
