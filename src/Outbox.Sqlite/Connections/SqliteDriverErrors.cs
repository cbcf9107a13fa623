using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>Classifies the exceptions of Microsoft.Data.Sqlite.</summary>
internal sealed class SqliteDriverErrors : IDriverErrors
{
    public static readonly SqliteDriverErrors Instance = new();

    public bool IsRefusal(Exception exception) => exception is SqliteException;

    public SqlErrorKind KindOf(Exception exception) => SqliteErrors.KindOf((SqliteException)exception);

    public bool IsDiskFull(Exception exception) => SqliteErrors.IsDiskFull((SqliteException)exception);

    public string TextOf(Exception exception) => exception.Message;

    public bool IsOfParameters(Exception exception) => exception is InvalidOperationException { Source: "Microsoft.Data.Sqlite" }
        && (exception.Message.StartsWith("Must add values", StringComparison.Ordinal) || exception.Message.StartsWith("No mapping exists", StringComparison.Ordinal));

    public string? Describe(Exception exception) => exception is SqliteException e ? SqliteErrors.Describe(e) : null;
}
