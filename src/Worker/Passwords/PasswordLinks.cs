using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Messaging.Outbox;

namespace Messaging.Worker.Passwords;

/// <summary>A link that sets a password once.</summary>
internal sealed record PasswordLink(string Url, DateTimeOffset ExpiresAt)
{
    public string ExpiresAtText => ExpiresAt.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>
/// Creates links. The token is 32 random bytes. The database stores its hash, committed in its own unit of work before the mail
/// is sent, so that no mail holds an invalid link. A repeated attempt creates another link; using one of them invalidates both.
/// </summary>
internal sealed class PasswordLinks(IServiceScopeFactory scopes, PublicUrl url, StoreClock time)
{
    private const int TokenBytes = 32;

    /// <param name="userId">The user whose password it sets.</param>
    /// <param name="lifetime">How long the link is valid.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable; no link was created.</exception>
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

        // In the fragment, which a browser does not send: no access log, proxy or Referer header contains it.
        return new PasswordLink($"{address}/password/reset#token={token}", expiresAt);
    }
}
