using System.Globalization;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Mail;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Mail;

/// <summary>
/// Limits the mails that any caller can trigger by entering an address: a number of mails for each mailbox, for any spelling of its
/// address, and for each domain. Grants belong to tasks, not attempts, so a retried task keeps its grant. Addresses without an
/// account count like those with one.
/// </summary>
/// <remarks>
/// The grant is committed in its own transaction before the mail is sent, so that no row stays locked while the mail server
/// answers.
/// </remarks>
internal sealed partial class MailAllowance(
    IServiceScopeFactory scopes, IOptions<MailLimitOptions> options, StoreClock time, ILogger<MailAllowance> logger)
{
    /// <summary>How long a grant counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <param name="email">The recipient.</param>
    /// <param name="kind">The kind of mail; the mailbox limits count each kind separately.</param>
    /// <param name="taskId">The task that sends it.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>False when the mailbox or its domain has reached its limit; the mail must not be sent then.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable; nothing was granted.</exception>
    public async Task<bool> TryTakeAsync(string email, string kind, Guid taskId, CancellationToken cancellationToken)
    {
        var mailbox = CanonicalMailbox.Of(email);
        var isShared = SharedDomains.Contains(mailbox, options.Value.SharedDomains);
        var (key, domain, now) = (mailbox.Hash(), mailbox.DomainHash(), time.GetUtcNow());
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

        // Locks the mailbox first and its domain second, always in this order, so that two grants cannot deadlock.
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
            await unit.DiscardAsync(); // already granted to this task by an earlier attempt
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

            // Unconfirmed addresses get half of the domain's limit; the other half is kept for owners who confirmed theirs.
            isOver = ofDomain[0].Count >= (ofDomain[0].IsConfirmed ? limit : (limit + 1) / 2);
        }

        if (isOver)
        {
            await unit.DiscardAsync();
            LogOverLimit(kind, taskId);
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

    /// <summary>
    /// Serializes concurrent grants of a key, so that the second one counts the first: by the row lock in PostgreSQL, by the
    /// single writer in SQLite.
    /// </summary>
    private static Task LockAsync(IUnitOfWork unit, byte[] key, DateTimeOffset now, CancellationToken cancellationToken) => unit.QueryAsync(
        "INSERT INTO mail_counters (key, used_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at RETURNING 1",
        [key, now],
        _ => true,
        cancellationToken);

    [LoggerMessage(
        EventId = 3041, EventName = "MailOverLimit", Level = LogLevel.Information,
        Message = "Task {TaskId} sends no {Kind} mail: its mailbox or domain has reached the limit (RateLimits:MailsPerHour, :MailsPerDay, :MailsPerDomainPerHour)")]
    private partial void LogOverLimit(string kind, Guid taskId);
}
