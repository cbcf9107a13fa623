using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>Classifies SQLite's result codes (https://www.sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    private const int Error = 1, Permission = 3, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupted = 9, InputOutput = 10, Corrupt = 11, Full = 13,
        CannotOpen = 14, Protocol = 15, Schema = 17, TooBig = 18, Constraint = 19, Mismatch = 20, Range = 25, NotADatabase = 26;

    public const string DiskFull = "The disk of the database file is full.";

    private const int ForeignKey = 787, PrimaryKey = 1_555, Unique = 2_067, RowId = 2_579;

    public static SqlErrorKind KindOf(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Permission or Busy or Locked or NoMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or Protocol or NotADatabase =>
            SqlErrorKind.Unavailable,
        Interrupted or Schema => SqlErrorKind.Conflict,

        // These depend on other rows, which may be inserted or deleted before the next attempt.
        Constraint when exception.SqliteExtendedErrorCode is ForeignKey or PrimaryKey or Unique or RowId => SqlErrorKind.Other,
        Error or TooBig or Constraint or Mismatch or Range => SqlErrorKind.Permanent,
        _ => SqlErrorKind.Other,
    };

    public static bool IsDiskFull(SqliteException exception) => exception.SqliteErrorCode == Full;

    /// <summary>A description for logs and public health checks.</summary>
    public static string Describe(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Error => "The outbox's tables are missing or too old for this version: run the migration.",
        Busy or Locked => "The database file is locked by another process.",
        Permission or ReadOnly => "The database file or its folder is not writable.",
        InputOutput => "The database file cannot be read or written: the disk reports errors.",
        Corrupt or NotADatabase => "The database file is damaged or not a SQLite database.",
        Full => DiskFull,
        CannotOpen => "The database file cannot be opened.",
        var code => $"The database cannot be used (SQLite error {code}).",
    };

    /// <summary>Runs an action, and translates the exceptions that mean that the database is unavailable.</summary>
    public static T Translate<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException exception) when (KindOf(exception) == SqlErrorKind.Unavailable)
        {
            throw new StoreUnavailableException(Describe(exception), exception);
        }
    }

    /// <inheritdoc cref="Translate{T}"/>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (SqliteException exception) when (KindOf(exception) == SqlErrorKind.Unavailable)
        {
            throw new StoreUnavailableException(Describe(exception), exception);
        }
    }
}
