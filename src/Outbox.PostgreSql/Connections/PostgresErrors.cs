using System.Net.Sockets;
using System.Text.RegularExpressions;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Distinguishes an unavailable database from one that rejected a statement.</summary>
internal static partial class PostgresErrors
{
    public const string ReadOnly = "The database is read-only (25006): it is a standby, or default_transaction_read_only is on.";

    public const string Pooler =
        "A connection pooler gives each transaction another session: register the outbox with UsePostgreSql(…, PostgresPooler.Transaction).";

    public static SqlErrorKind KindOf(Exception exception) => exception switch
    {
        PostgresException e => SqlStates.KindOf(e),
        NpgsqlOperationInProgressException => SqlErrorKind.Other, // two commands at once on one connection
        NpgsqlException or SocketException or IOException or TimeoutException => SqlErrorKind.Unavailable,
        AggregateException { InnerExceptions: { Count: > 0 } all } when all.All(e => KindOf(e) == SqlErrorKind.Unavailable) => SqlErrorKind.Unavailable,
        _ => SqlErrorKind.Other,
    };

    /// <summary>Translates driver exceptions, for a transaction that the caller repeats after a conflict.</summary>
    public static async Task<T> Translate<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (OperationCanceledException exception)
        {
            throw new StoreUnavailableException("The database did not answer in time.", exception) { IsTimeout = true };
        }
        catch (Exception exception) when (KindOf(exception) is SqlErrorKind.Unavailable or SqlErrorKind.Connection)
        {
            throw new StoreUnavailableException(Describe(exception), exception);
        }
    }

    /// <summary>Translates driver exceptions including conflicts, for a transaction that only the application can repeat.</summary>
    public static async Task<T> TranslateAll<T>(Func<Task<T>> action)
    {
        try
        {
            return await Translate(action);
        }
        catch (PostgresException exception) when (MayPassIfRepeated(exception))
        {
            throw new StoreUnavailableException("The transaction conflicted with another one; try again.", exception) { IsConflict = true };
        }
    }

    public static bool MayPassIfRepeated(PostgresException exception) => KindOf(exception) == SqlErrorKind.Conflict;

    /// <summary>A description for logs and public health checks: without hosts, users or values.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        PostgresException e when SqlStates.IsOfPooler(e) => Pooler,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => ReadOnly,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The database's disk is full (53100).",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } e =>
            $"The database refuses the user or its password ({e.SqlState}).",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "The database of the connection string does not exist on the server (3D000).",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName } e =>
            $"The outbox's tables are missing or too old for this version: run the migration ({e.SqlState}).",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege, TableName: { Length: > 0 } tables } =>
            $"The database user lacks rights on tables of the outbox, {tables}: grant it SELECT, INSERT, UPDATE and DELETE (42501).",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            "The database user lacks rights on the outbox's tables or functions: grant it SELECT, INSERT, UPDATE and DELETE, and EXECUTE (42501).",
        PostgresException e => $"The database cannot be used: {TextOf(e)}",
        NpgsqlException { InnerException: AggregateException { InnerExceptions: [.., var last] all } } =>
            $"None of the {all.Count} database hosts can be used: {Describe(last)}",
        _ when Inner<SocketException>(exception) is { } socket => socket.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "The host name of the database cannot be resolved.",
            SocketError.ConnectionRefused => "The database cannot be reached: the connection was refused.",
            var code => $"The database cannot be reached: {code}.",
        },
        _ when Inner<System.Security.Authentication.AuthenticationException>(exception) is not null =>
            "The database cannot be reached: the TLS handshake failed or its certificate is not trusted.",
        _ when Inner<TimeoutException>(exception) is not null => "The database did not answer in time, or the connection pool is exhausted.",
        _ => "The database cannot be reached, or the connection was lost.",
    };

    /// <summary>The code and the message; quoted values in messages about data are removed.</summary>
    public static string TextOf(PostgresException exception)
    {
        var text = exception.SqlState.StartsWith("22", StringComparison.Ordinal)
            ? Quoted().Replace(exception.MessageText, "\"…\"")
            : exception.MessageText;
        return $"{exception.SqlState}: {text}";
    }

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (var depth = 0; exception is not null && depth < 8; exception = exception.InnerException, depth++)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    [GeneratedRegex("\".*\"", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();
}
