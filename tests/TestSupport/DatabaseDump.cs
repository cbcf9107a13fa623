using System.Data.Common;
using System.Text;

namespace Messaging.TestSupport;

/// <summary>All that a SQLite database holds, to look for what it must not.</summary>
public static class DatabaseDump
{
    /// <summary>Every value of every row of every table; one that is bytes also in hexadecimal.</summary>
    public static async Task<string> OfAsync(DbConnection connection)
    {
        var dump = new StringBuilder();
        foreach (var table in await ReadAsync(connection, "SELECT name FROM sqlite_master WHERE type = 'table'"))
        {
            dump.AppendJoin('\n', await ReadAsync(connection, $"SELECT * FROM {table}")).AppendLine();
        }

        return dump.ToString();
    }

    private static async Task<List<string>> ReadAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))));
        }

        return rows;
    }

    private static string Text(object value) =>
        value is byte[] bytes ? $"{Encoding.UTF8.GetString(bytes)}|{Convert.ToHexString(bytes)}" : $"{value}";
}
