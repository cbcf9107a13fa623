namespace Messaging.Outbox;

/// <summary>The connection pooler between the process and PostgreSQL.</summary>
public enum PostgresPooler
{
    /// <summary>None, or one that keeps a server session for as long as its client is connected.</summary>
    None = 0,

    /// <summary>
    /// A pooler that may give each transaction another server session, such as PgBouncer with <c>pool_mode = transaction</c>.
    /// Nothing is kept in a session then: statements are not prepared, which costs the server some CPU for each.
    /// </summary>
    Transaction = 1,
}
