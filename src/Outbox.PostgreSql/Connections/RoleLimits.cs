namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// The limits that a role or a database may have (<c>ALTER ROLE … SET statement_timeout</c>), and that are meant for requests. Work that is long on a large
/// table would be ended by them each time, and never be done: whoever does such work has a deadline of its own, and lifts them.
/// </summary>
internal static class RoleLimits
{
    /// <summary>Lifts the limit of statements for the rest of the transaction, without a snapshot.</summary>
    public const string LiftForStatements = "SET LOCAL statement_timeout = 0";

    /// <summary>Lifts the limits of a transaction that stays idle while others work; not every server knows the second one.</summary>
    public const string LiftForTransaction =
        "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')";
}
