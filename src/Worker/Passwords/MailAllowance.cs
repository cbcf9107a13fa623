using System.Data.Common;
using Messaging.Outbox;

namespace Messaging.Worker.Passwords;

/// <summary>Whom a mail is for.</summary>
internal sealed record MailRecipient(Guid UserId, string? DisplayName);

/// <summary>
/// Keeps strangers from flooding somebody's inbox: a mail that anybody can cause by naming an address is granted so many times an
/// hour. It counts tasks and not attempts, so a task that is tried again has its grant already.
/// </summary>
internal sealed class MailAllowance(IServiceScopeFactory scopes, IStoreReader store, StoreClock time)
{
    /// <summary>For how long a grant counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <returns>Whom to write to, whatever they have had; null when nobody has the address.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<MailRecipient?> FindAsync(string email, CancellationToken cancellationToken) =>
        (await store.QueryAsync("SELECT id, display_name FROM users WHERE email = $1", [email], Recipient, cancellationToken)).SingleOrDefault();

    /// <summary>Stages a grant that no limit holds back; it counts for those that have one.</summary>
    public void Take(IUnitOfWork unit, MailRecipient recipient, string kind, Guid taskId) => unit.Execute(
        "INSERT INTO account_mails (task_id, user_id, kind, granted_at) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id) DO NOTHING",
        taskId,
        recipient.UserId,
        kind,
        time.GetUtcNow());

    /// <returns>Whom to write to; null when nobody has the address, or when they have had their share.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached; nothing is granted.</exception>
    public async Task<MailRecipient?> TryTakeAsync(
        string email, string kind, Guid taskId, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

        // Changes nothing but locks the row, in both dialects: of two tasks at once the second one counts the first.
        var found = await unit.QueryAsync(
            "UPDATE users SET email = email WHERE email = $1 RETURNING id, display_name",
            [email],
            Recipient,
            cancellationToken);
        if (found is not [var recipient])
        {
            await unit.DiscardAsync();
            return null;
        }

        var granted = await unit.QueryAsync(
            "SELECT count(*) FROM account_mails WHERE user_id = $1 AND kind = $2 AND granted_at > $3 AND task_id <> $4",
            [recipient.UserId, kind, now - Window, taskId],
            row => row.GetInt64(0),
            cancellationToken);
        if (granted[0] >= limit)
        {
            await unit.DiscardAsync();
            return null;
        }

        Take(unit, recipient, kind, taskId);
        await unit.CommitAsync(cancellationToken);
        return recipient;
    }

    private static MailRecipient Recipient(DbDataReader row) => new(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetString(1));
}
