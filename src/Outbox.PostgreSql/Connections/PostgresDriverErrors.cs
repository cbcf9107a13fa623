using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Classifies the exceptions of Npgsql.</summary>
internal sealed class PostgresDriverErrors : IDriverErrors
{
    public static readonly PostgresDriverErrors Instance = new();

    public bool IsRefusal(Exception exception) => exception is PostgresException;

    public SqlErrorKind KindOf(Exception exception) => PostgresErrors.KindOf(exception);

    public bool IsDiskFull(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    public string TextOf(Exception exception) => PostgresErrors.TextOf((PostgresException)exception);

    public bool IsOfParameters(Exception exception) => exception is InvalidCastException or ArgumentException && exception.Source == "Npgsql";

    public string? Describe(Exception exception) => exception is NpgsqlException ? PostgresErrors.Describe(exception) : null;
}
