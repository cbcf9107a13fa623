namespace Messaging.Outbox;

/// <summary>What stands between the process and PostgreSQL.</summary>
public enum PostgresPooler
{
    /// <summary>Nothing, or what keeps a session for as long as its client is connected.</summary>
    None = 0,

    /// <summary>
    /// A pooler that gives each transaction another session, such as PgBouncer with <c>pool_mode = transaction</c>. Nothing is kept in a
    /// session then: no statement is prepared, which costs the server some CPU for each.
    /// </summary>
    Transaction = 1,
}
