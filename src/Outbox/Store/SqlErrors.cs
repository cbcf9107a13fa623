using System.Text;
using Messaging.Outbox.Postgres;
using Messaging.Outbox.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Messaging.Outbox.Store;

/// <summary>One classification of what databases refuse, for both dialects.</summary>
internal static class SqlErrors
{
    private const int MaxDepth = 8; // EF Core and others wrap what the driver throws

    /// <summary>Whether it is a statement or data that the database refuses whenever it comes.</summary>
    public static bool IsPermanent(Exception exception) => exception is UnstorableTextException or EncoderFallbackException
        || IsOfParameters(exception) || Find(exception) is { } found && KindOf(found) == SqlErrorKind.Permanent;

    /// <summary>Whether a write failed because there is no space left.</summary>
    public static bool IsDiskFull(Exception exception) => Find(exception) switch
    {
        PostgresException e => e.SqlState == PostgresErrorCodes.DiskFull,
        SqliteException e => SqliteErrors.IsDiskFull(e),
        _ => false,
    };

    /// <summary>What a driver threw, be it wrapped; null when no driver did.</summary>
    public static Exception? Find(Exception exception)
    {
        var e = exception;
        for (var depth = 0; e is not null && depth < MaxDepth; e = e.InnerException, depth++)
        {
            if (e is PostgresException or SqliteException)
            {
                return e;
            }
        }

        return null;
    }

    /// <summary>The code and a short message without values.</summary>
    public static string TextOf(Exception exception) => exception switch
    {
        PostgresException e => PostgresErrors.TextOf(e),
        _ => exception.Message,
    };

    /// <summary>What is wrong with the database, for whoever looks after it; null when that is not known.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        StoreUnavailableException e => e.Message,
        SqliteException e => SqliteErrors.Describe(e),
        NpgsqlException => PostgresErrors.Describe(exception),
        _ => null,
    };

    /// <summary>What the drivers say themselves of a parameter that is missing, or of a type that they cannot write.</summary>
    private static bool IsOfParameters(Exception exception) => exception switch
    {
        InvalidOperationException => exception.Source == "Microsoft.Data.Sqlite"
            && (exception.Message.StartsWith("Must add values", StringComparison.Ordinal) || exception.Message.StartsWith("No mapping exists", StringComparison.Ordinal)),
        InvalidCastException or ArgumentException => exception.Source == "Npgsql",
        _ => false,
    };

    private static SqlErrorKind KindOf(Exception exception) => exception switch
    {
        SqliteException e => SqliteErrors.KindOf(e),
        _ => PostgresErrors.KindOf(exception),
    };
}
