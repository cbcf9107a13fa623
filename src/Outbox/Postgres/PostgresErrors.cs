using System.Net.Sockets;
using Npgsql;

namespace Messaging.Outbox.Postgres;

/// <summary>Tells a database that is out of reach from one that rejected what it was asked.</summary>
internal static class PostgresErrors
{
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
        catch (Exception exception) when (IsUnavailable(exception))
        {
            throw new StoreUnavailableException($"The database cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>The same for a transaction that is not repeated here: whoever began it may.</summary>
    public static async Task<T> TranslateAll<T>(Func<Task<T>> action)
    {
        try
        {
            return await Translate(action);
        }
        catch (PostgresException exception) when (MayPassIfRepeated(exception))
        {
            throw new StoreUnavailableException("Another transaction was in the way; try again.", exception);
        }
    }

    public static bool MayPassIfRepeated(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool IsUnavailable(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or
            PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory or
            PostgresErrorCodes.ReadOnlySqlTransaction or "25P03" or // idle_in_transaction_session_timeout
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidCatalogName
            || e.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException e => e.InnerException is null or SocketException or IOException or TimeoutException,
        SocketException or IOException or TimeoutException => true,
        _ => false,
    };
}
