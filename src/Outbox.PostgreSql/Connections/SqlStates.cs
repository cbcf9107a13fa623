using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>What PostgreSQL's error codes mean (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class SqlStates
{
    private const string IdleSessionTimeout = "57P05", IdleInTransactionTimeout = "25P03", TransactionTimeout = "25P04";

    public static SqlErrorKind KindOf(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.AdminShutdown or IdleSessionTimeout => SqlErrorKind.Connection,
        _ when IsOfPooler(exception) => SqlErrorKind.Unavailable,

        // A placeholder without a value; the rest of its class is the connection's.
        PostgresErrorCodes.ProtocolViolation when exception.Routine == "exec_bind_message" => SqlErrorKind.Permanent,

        PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleInTransactionTimeout or TransactionTimeout
            or PostgresErrorCodes.InvalidCatalogName => SqlErrorKind.Unavailable,
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => SqlErrorKind.Conflict,

        // The table was changed since the statement was prepared; Npgsql prepares it anew.
        PostgresErrorCodes.FeatureNotSupported when exception.Routine == "RevalidateCachedQuery" => SqlErrorKind.Conflict,

        _ => StandardSqlStates.KindOf(exception.SqlState),
    };

    /// <summary>A prepared statement is missing, or there already: a pooler has given the session to somebody else in between.</summary>
    public static bool IsOfPooler(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement;
}
