using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// The access key of a request, of its session, or of the application's user whom a policy gives the role of one. It is kept apart from <see cref="HttpContext.User"/>, which belongs to the application's own
/// logins: their roles must not open the control API, and a key must not open the application's routes.
/// </summary>
internal sealed class CallerKey
{
    private readonly ClaimsIdentity _identity;

    private CallerKey(ClaimsIdentity identity, DateTimeOffset? expiresAt) => (_identity, SessionExpiresAt) = (identity, expiresAt);

    public string Name => _identity.FindFirst(ClaimTypes.Name)!.Value;

    public string Role => _identity.FindFirst(ClaimTypes.Role)!.Value;

    /// <summary>Whether the caller may see the bodies of messages.</summary>
    public bool SeesPayloads => Has(AccessRoles.Operate);

    /// <summary>When the session that the key was found by expires; null if the request has the key itself.</summary>
    public DateTimeOffset? SessionExpiresAt { get; }

    /// <summary>What a caller with the key may do.</summary>
    public static IEnumerable<Claim> ClaimsOf(AccessKey key) => [new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, key.Role.ToLowerInvariant())];

    public static CallerKey? Of(HttpContext http) => http.Features.Get<CallerKey>();

    /// <summary>Whether one of the user's identities is a key with one of the roles.</summary>
    public static bool Has(ClaimsPrincipal user, params IEnumerable<string> roles) =>
        user.Identities.Any(i => i.AuthenticationType == ApiKeyHandler.SchemeName && roles.Any(role => i.HasClaim(ClaimTypes.Role, role)));

    public bool Has(string role) => _identity.HasClaim(ClaimTypes.Role, role);

    /// <summary>Finds the key of the request, whatever the default scheme is.</summary>
    public static async Task AuthenticateAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(ApiKeyHandler.SchemeName);
        if (result.Principal?.Identity is ClaimsIdentity identity)
        {
            http.Features.Set(new CallerKey(identity, result.Properties?.ExpiresUtc));
        }
    }
}
