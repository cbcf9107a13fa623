using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Sessions;

/// <summary>
/// The sessions of browsers that have signed in. The table has the hash of a session's token: who reads the table cannot use one. All
/// processes read it, so that a session works in each of them and after a restart, and ends in all of them.
/// </summary>
internal sealed class SessionStore(ICommitStore commits, ISqlDialect dialect, OutboxReader reader, IOptions<OutboxOptions> options)
{
    /// <summary>Of one key; a further sign-in ends its oldest session. So the table is as large as there are keys.</summary>
    public const int MaxPerKey = 100;

    /// <summary>The ids of all sessions that have not expired.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public Task<IReadOnlyList<string>> LiveAsync(DateTimeOffset now, CancellationToken cancellationToken) => reader.QueryAsync(
        "SELECT id FROM messaging.sessions WHERE expires_at > $1", [new StoreTime(now)], row => row.GetString(0), cancellationToken);

    /// <summary>Stores a session together with its entry in the audit, and ends what is too much.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time; the session may have been stored.</exception>
    public Task AddAsync(Session session, CancellationToken cancellationToken) => WriteAsync(
        async (transaction, token) =>
        {
            await transaction.ExecuteAsync("DELETE FROM messaging.sessions WHERE expires_at <= $1", token, new StoreTime(session.StartedAt));
            await transaction.ExecuteAsync(
                """
                DELETE FROM messaging.sessions WHERE id IN (
                    SELECT id FROM messaging.sessions WHERE who = $1 ORDER BY started_at DESC, id LIMIT 1000 OFFSET $2)
                """,
                token,
                session.Who,
                MaxPerKey - 1);
            await transaction.ExecuteAsync(
                "INSERT INTO messaging.sessions (id, who, started_at, expires_at) VALUES ($1, $2, $3, $4)",
                token,
                session.Id,
                session.Who,
                new StoreTime(session.StartedAt),
                new StoreTime(session.ExpiresAt));
            await transaction.WriteAsync(Entry(session.StartedAt, session.Who, "session.start"), token);
        },
        cancellationToken);

    /// <summary>Ends a session; there is an entry in the audit if it had not ended before.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time; the session may have ended.</exception>
    public Task EndAsync(string id, string who, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async (transaction, token) =>
        {
            if (await transaction.ExecuteAsync("DELETE FROM messaging.sessions WHERE id = $1", token, id) > 0)
            {
                await transaction.WriteAsync(Entry(now, who, "session.end"), token);
            }
        },
        cancellationToken);

    private static AuditEntry Entry(DateTimeOffset at, string who, string action) => AuditSql.Entry(at, who, action, who);

    /// <summary>A browser waits for it, so it has the deadline of a request's own commit.</summary>
    private Task WriteAsync(Func<OutboxTransaction, CancellationToken, Task> write, CancellationToken cancellationToken) => StoreDeadline.RunAsync(
        options.Value.CommitTimeout,
        token => commits.RunAsync(
            dialect,
            async transaction =>
            {
                await write(transaction, token);
                return true;
            },
            token),
        cancellationToken);
}

/// <summary>A session of a browser.</summary>
/// <param name="Id">The hash of its token.</param>
/// <param name="Who">The name of the key that it was started with.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="ExpiresAt">When it ends at the latest.</param>
internal sealed record Session(string Id, string Who, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt);
