namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// The limits that a role or a database may have (<c>ALTER ROLE … SET statement_timeout</c>), and that are meant for requests. Work that is long on a large
/// table would be ended by them each time, and never be done: whoever does such work has a deadline of its own, and lifts them.
/// </summary>
internal static class RoleLimits
{
    private const int FirstWithTransactionTimeout = 17;

    /// <summary>Lifts the limits of long work for the rest of the transaction. It takes a snapshot. Not every server knows the second one.</summary>
    public const string LiftForWork = $"SELECT set_config(name, '0', true) {OfWork}";

    /// <summary>The same without a snapshot, so that a script may begin with <c>SET TRANSACTION</c>.</summary>
    public static string LiftForScript(Version server) => server.Major >= FirstWithTransactionTimeout
        ? "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0;"
        : "SET LOCAL statement_timeout = 0;";

    /// <summary>The same for the rest of the session, for work that no transaction can do; <see cref="Restore"/> ends it.</summary>
    public const string LiftForSession = $"SELECT set_config(name, '0', false) {OfWork}";

    /// <summary>Gives the session the role's limits again.</summary>
    public const string Restore = $"SELECT set_config(name, reset_val, false) {OfWork}";

    /// <summary>Lifts the limits of a transaction that stays idle while others work; not every server knows the second one.</summary>
    public const string LiftForTransaction =
        "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')";

    private const string OfWork = "FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')";
}
