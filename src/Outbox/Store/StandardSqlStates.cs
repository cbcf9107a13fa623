using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Interprets SQLSTATE, the standard's error codes, by their class.</summary>
internal static class StandardSqlStates
{
    /// <returns>Null for an exception without a code.</returns>
    public static string? Of(Exception exception) => exception is DbException { SqlState: { Length: 5 } state } ? state : null;

    public static SqlErrorKind KindOf(string sqlState) => sqlState switch
    {
        // Unique, foreign key, restrict, exclusion: these depend on other rows, which may have changed at the next attempt.
        "23505" or "23503" or "23001" or "23P01" => SqlErrorKind.Other,
        _ => KindOfClass(sqlState[..2]),
    };

    // 08 connection, 28 authorization, 53 resources, 58 system; 0A not supported, 21 cardinality, 22 data, 23 constraints, 3F
    // schema, 42 syntax, names and permissions, 54 limits.
    private static SqlErrorKind KindOfClass(string sqlStateClass) => sqlStateClass switch
    {
        "08" or "28" or "53" or "58" => SqlErrorKind.Unavailable,
        "0A" or "21" or "22" or "23" or "3F" or "42" or "54" => SqlErrorKind.Permanent,
        _ => SqlErrorKind.Other,
    };
}
