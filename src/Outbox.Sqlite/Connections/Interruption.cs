using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>SQLite runs a statement on the caller's thread, to its end: unless it is asked to look now and then whether anybody still waits.</summary>
internal static class Interruption
{
    /// <summary>How many steps of its machine SQLite makes in between: far less than a millisecond.</summary>
    private const int Steps = 10_000;

    /// <summary>Runs an action whose statements end soon after the cancellation.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static T UntilCancelled<T>(this SqliteConnection connection, Func<T> action, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return action();
        }

        raw.sqlite3_progress_handler(connection.Handle!, Steps, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        try
        {
            return action();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException("The statement was interrupted.", exception, cancellationToken);
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle!, 0, null, null);
        }
    }
}
