using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Messaging.Outbox;

namespace Messaging.Worker.Passwords;

/// <summary>A link that sets a password, once.</summary>
internal sealed record PasswordLink(string Url, DateTimeOffset ExpiresAt)
{
    public string ExpiresAtText => ExpiresAt.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>
/// Makes links. The token is 32 random bytes; the database has its hash, which is there before the mail leaves, in a unit of work of
/// its own: no mail carries a dead link. An attempt that is repeated makes another one; the first user of either ends both.
/// </summary>
internal sealed class PasswordLinks(IServiceScopeFactory scopes, PublicUrl url, StoreClock time)
{
    private const int TokenBytes = 32;

    /// <param name="userId">Whose password it sets.</param>
    /// <param name="lifetime">How long it can be used.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be reached; there is no link.</exception>
    public async Task<PasswordLink> CreateAsync(Guid userId, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var address = await url.GetAsync(cancellationToken);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var expiresAt = time.GetUtcNow() + lifetime;
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        unit.Execute(
            "INSERT INTO password_tokens (token_hash, user_id, expires_at) VALUES ($1, $2, $3)",
            SHA256.HashData(Encoding.ASCII.GetBytes(token)),
            userId,
            expiresAt);
        await unit.CommitAsync(cancellationToken);

        // In the fragment, which a browser sends to nobody: no access log, proxy or Referer sees it.
        return new PasswordLink($"{address}/password/reset#token={token}", expiresAt);
    }
}
