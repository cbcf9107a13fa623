using System.Data.Common;
using Messaging.Outbox;

namespace Messaging.Worker.Mail;

/// <summary>The recipient of a mail.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Email">The address.</param>
/// <param name="DisplayName">
/// The display name. Null until the address is confirmed: somebody else may have registered it and put a message to the owner
/// into the name.
/// </param>
/// <param name="IsConfirmed">Whether the owner of the address opened a link that was mailed to it.</param>
internal sealed record MailRecipient(Guid UserId, string Email, string? DisplayName, bool IsConfirmed);

/// <summary>Finds the recipient of a mail.</summary>
internal sealed class MailRecipients(IStoreReader store)
{
    private const string Columns = "SELECT id, email, display_name, confirmed_at IS NOT NULL FROM users";

    /// <returns>Null if no user has the address.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public Task<MailRecipient?> ByEmailAsync(string email, CancellationToken cancellationToken) =>
        FindAsync($"{Columns} WHERE email = $1", email, cancellationToken);

    /// <returns>Null when there is no such user.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public Task<MailRecipient?> ByIdAsync(Guid userId, CancellationToken cancellationToken) =>
        FindAsync($"{Columns} WHERE id = $1", userId, cancellationToken);

    private async Task<MailRecipient?> FindAsync(string sql, object key, CancellationToken cancellationToken) =>
        (await store.QueryAsync(sql, [key], Read, cancellationToken)).SingleOrDefault();

    private static MailRecipient Read(DbDataReader row)
    {
        var isConfirmed = row.GetBoolean(3);
        return new MailRecipient(row.GetGuid(0), row.GetString(1), isConfirmed && !row.IsDBNull(2) ? row.GetString(2) : null, isConfirmed);
    }
}
