using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>Functions of PostgreSQL that statements for both databases use and SQLite does not have.</summary>
internal static class SqliteFunctions
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static void AddTo(SqliteConnection connection) =>
        connection.CreateFunction<string?, string, string, string, string?>("regexp_replace", Replace, isDeterministic: true);

    /// <param name="text">The text; null stays null.</param>
    /// <param name="pattern">What is replaced, without regard to the culture.</param>
    /// <param name="replacement">What replaces it.</param>
    /// <param name="flags">Always <c>g</c>: every match is replaced.</param>
    private static string? Replace(string? text, string pattern, string replacement, string flags) =>
        flags != "g" ? throw new NotSupportedException("regexp_replace has the flag g, and no other one.")
        : text is null ? null
        : Regex.Replace(text, pattern, replacement, RegexOptions.CultureInvariant, Longest);
}
