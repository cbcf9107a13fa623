using System.Data.Common;
using System.Globalization;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>The SQL dialect of PostgreSQL.</summary>
internal sealed class PostgresDialect(PostgresConnections connections) : ISqlDialect
{
    public TableNames Names => connections.Names;

    public string LockRows => "FOR UPDATE";

    public string SkipLocked => "FOR UPDATE SKIP LOCKED";

    public string Never => "'infinity'";

    public string Milliseconds(string time) => $"CAST(extract(epoch FROM {time}) * 1000 AS bigint)";

    // A claim is an open transaction that has deleted its rows, so they are locked.
    public string IsUnclaimed => "1 = 1";

    public string Contains(string column, string part) => $"position({part} IN {column}) > 0";

    // The outbox table has no index on its id.
    public string IsAmong(Func<string, string> select) => $"ctid = ANY (ARRAY({select("ctid")}))";

    public void Bind(DbParameter parameter, int number, object? value) => parameter.Value = ValueOf(value);

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => connections.TranslateAllAsync(action);

    /// <exception cref="UnstorableTextException">The value is a string that PostgreSQL cannot store.</exception>
    public static NpgsqlParameter Parameter(object? value)
    {
        StoredText.Check(value);
        return ParameterOfChecked(value);
    }

    /// <summary>The same for a value that was checked before.</summary>
    public static NpgsqlParameter ParameterOfChecked(object? value) => new() { Value = ValueOf(value) };

    private static object ValueOf(object? value) => value switch
    {
        null => DBNull.Value,
        StoreTime time => time.Value.UtcDateTime,
        DateTimeOffset time => time.UtcDateTime,
        Enum name => Convert.ToInt32(name, CultureInfo.InvariantCulture),
        _ => value,
    };
}
