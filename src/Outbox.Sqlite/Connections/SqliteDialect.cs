using System.Data.Common;
using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>The SQL dialect of SQLite. There are no row locks: a writer locks the whole file, and others wait for it.</summary>
internal sealed class SqliteDialect(TableNames names) : ISqlDialect
{
    /// <summary>The due time of a row that waits for another task.</summary>
    public const long Infinity = long.MaxValue;

    public TableNames Names => names;

    public string LockRows => "";

    public string SkipLocked => "";

    public string Never { get; } = Infinity.ToString(CultureInfo.InvariantCulture);

    public string Milliseconds(string time) => time;

    public string IsUnclaimed => "in_flight = 0";

    public string Contains(string column, string part) => $"instr({column}, {part}) > 0";

    public string IsAmong(Func<string, string> select) => $"id IN ({select("id")})";

    public void Bind(DbParameter parameter, int number, object? value)
    {
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${number}");
        parameter.Value = ValueOf(value);
    }

    public Task<T> TranslateAsync<T>(Func<Task<T>> action) => SqliteErrors.TranslateAsync(action);

    public static object ValueOf(object? value) => value switch
    {
        null => DBNull.Value,
        StoreTime time => time.Value.ToUnixTimeMilliseconds(),
        DateTimeOffset time => time.ToUniversalTime(),
        Enum name => Convert.ToInt32(name, CultureInfo.InvariantCulture),
        _ => value,
    };
}
