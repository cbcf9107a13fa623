using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Classifies PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class SqlStates
{
    public const string TransactionTimeout = "25P04"; // the connection ends with it

    private const string IdleSessionTimeout = "57P05", IdleInTransactionTimeout = "25P03";

    public static SqlErrorKind KindOf(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.AdminShutdown or IdleSessionTimeout => SqlErrorKind.Connection,
        _ when IsOfPooler(exception) => SqlErrorKind.Unavailable,

        // A placeholder without a value; the other errors of this class concern the connection.
        PostgresErrorCodes.ProtocolViolation when exception.Routine == "exec_bind_message" => SqlErrorKind.Permanent,

        PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleInTransactionTimeout or TransactionTimeout
            or PostgresErrorCodes.InvalidCatalogName => SqlErrorKind.Unavailable,
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => SqlErrorKind.Conflict,

        // The table was changed after the statement was prepared; Npgsql prepares it again.
        PostgresErrorCodes.FeatureNotSupported when exception.Routine == "RevalidateCachedQuery" => SqlErrorKind.Conflict,

        // The server has ended the session, or has not begun it: on a full disk XX000, "could not write init file". No statement is to blame.
        _ => StandardSqlStates.KindOf(exception.SqlState) is not SqlErrorKind.Other and var known ? known
            : exception.InvariantSeverity is "FATAL" or "PANIC" ? SqlErrorKind.Unavailable
            : SqlErrorKind.Other,
    };

    /// <summary>A prepared statement is missing or exists already: a pooler gave the session to another client in between.</summary>
    public static bool IsOfPooler(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement;
}
