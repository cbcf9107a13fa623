using System.Globalization;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Mail;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Mail;

/// <summary>
/// Keeps somebody's inbox from being flooded: a mail that anybody can cause by naming an address is granted so many times to a mailbox,
/// however the address is written, and to a domain. It counts tasks and not attempts, so a task that is tried again has its grant already; and
/// it counts an address that nobody has registered like one that somebody has.
/// </summary>
/// <remarks>The grant is committed before the mail leaves, in a transaction of its own: the mail server is not waited for with a row locked.</remarks>
internal sealed partial class MailAllowance(
    IServiceScopeFactory scopes, IOptions<MailLimitOptions> options, StoreClock time, ILogger<MailAllowance> logger)
{
    /// <summary>For how long a grant counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <param name="email">Whom the mail is for.</param>
    /// <param name="kind">What it is about; each kind has its own share of the mailbox.</param>
    /// <param name="taskId">The task that sends it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when the mailbox or its domain has had its share; the mail is then not to be sent.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached; nothing is granted.</exception>
    public async Task<bool> TryTakeAsync(string email, string kind, Guid taskId, CancellationToken cancellationToken)
    {
        var mailbox = CanonicalMailbox.Of(email);
        var isShared = SharedDomains.Contains(mailbox, options.Value.SharedDomains);
        var (key, domain, now) = (mailbox.Hash(), mailbox.DomainHash(), time.GetUtcNow());
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

        // The mailbox first, then its domain: two grants never wait for each other crosswise.
        await LockAsync(unit, key, now, cancellationToken);
        var had = await unit.QueryAsync(
            """
            SELECT count(*) FILTER (WHERE granted_at > $2), count(*) FILTER (WHERE granted_at > $3), count(*) FILTER (WHERE task_id = $5)
            FROM mail_grants WHERE mailbox = $1 AND kind = $4
            """,
            [key, now - Window, now.AddHours(-1), kind, taskId],
            row => (Day: row.GetInt64(0), Hour: row.GetInt64(1), Own: row.GetInt64(2)),
            cancellationToken);
        if (had[0].Own > 0)
        {
            await unit.DiscardAsync(); // whatever others have got since
            return true;
        }

        var isOver = had[0].Day >= options.Value.MailsPerDay || had[0].Hour >= options.Value.MailsPerHour;
        if (!isOver && !isShared)
        {
            await LockAsync(unit, domain, now, cancellationToken);
            var limit = options.Value.MailsPerDomainPerHour;
            var ofDomain = await unit.QueryAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT count(*), (SELECT count(*) FROM users WHERE email = $3 AND confirmed_at IS NOT NULL)
                    FROM (SELECT 1 FROM mail_grants WHERE domain = $1 AND granted_at > $2 LIMIT {limit}) g
                    """),
                [domain, now.AddHours(-1), email],
                row => (Count: row.GetInt64(0), IsConfirmed: row.GetInt64(1) > 0),
                cancellationToken);

            // Addresses that a stranger invents leave half of it to owners who have confirmed theirs.
            isOver = ofDomain[0].Count >= (ofDomain[0].IsConfirmed ? limit : (limit + 1) / 2);
        }

        if (isOver)
        {
            await unit.DiscardAsync();
            LogLeftOut(kind, taskId);
            return false;
        }

        unit.Execute(
            "INSERT INTO mail_grants (task_id, mailbox, domain, kind, granted_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (task_id) DO NOTHING",
            taskId,
            key,
            domain,
            kind,
            now);
        await unit.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Of two at once the second one counts the first; in PostgreSQL by the row, in SQLite by its one writer.</summary>
    private static Task LockAsync(IUnitOfWork unit, byte[] key, DateTimeOffset now, CancellationToken cancellationToken) => unit.QueryAsync(
        "INSERT INTO mail_counters (key, used_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at RETURNING 1",
        [key, now],
        _ => true,
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} sends no mail about a {Kind}: its mailbox or domain has had its share (RateLimits:MailsPerHour, :MailsPerDay, :MailsPerDomainPerHour)")]
    private partial void LogLeftOut(string kind, Guid taskId);
}
