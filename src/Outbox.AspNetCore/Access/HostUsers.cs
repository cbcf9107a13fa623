using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// The application's own users, where its policies let them read or operate (<see cref="AccessOptions.ReadPolicy"/>). They are asked for
/// only on routes of the outbox.
/// </summary>
internal sealed class HostUsers(IOptions<AccessOptions> access, IAuthorizationPolicyProvider policies) : IHostedService
{
    // A key's name has no colon, so the audit tells a user from a key of the same name.
    private const string Prefix = "user:";

    private const int MaxName = 200;

    private readonly (string Policy, string Role)[] _roles =
    [
        .. new[] { (access.Value.OperatePolicy, AccessRoles.Operate), (access.Value.ReadPolicy, AccessRoles.Read) }
            .Where(role => role.Item1 is not null)
            .Select(role => (role.Item1!, role.Item2)),
    ];

    public bool MayBe => _roles.Length > 0;

    /// <summary>A policy that is not there would refuse everybody, and only when somebody asks.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, role) in _roles)
        {
            if (await policies.GetPolicyAsync(name) is not { } policy || policy.AuthenticationSchemes.Contains(ApiKeyHandler.SchemeName, StringComparer.Ordinal))
            {
                throw new OutboxConfigurationException(
                    $"Access:{(role == AccessRoles.Operate ? nameof(AccessOptions.OperatePolicy) : nameof(AccessOptions.ReadPolicy))}: there is no policy '{name}' of the application.");
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>What a key of the user would be; null if no policy lets the caller in.</returns>
    public async Task<AccessKey?> FindAsync(HttpContext http)
    {
        foreach (var (name, role) in OutboxRoute.AsksForRoles(http.GetEndpoint()) ? _roles : [])
        {
            var policy = (await policies.GetPolicyAsync(name))!;
            var user = await UserOfAsync(http, policy);
            var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
            if ((await authorization.AuthorizeAsync(user, http, policy)).Succeeded)
            {
                return new AccessKey { Name = NameOf(user), Role = role };
            }
        }

        return null;
    }

    /// <summary>Who the policy's schemes say it is. The request's own user stays as it is.</summary>
    private static async Task<ClaimsPrincipal> UserOfAsync(HttpContext http, AuthorizationPolicy policy)
    {
        if (policy.AuthenticationSchemes.Count == 0)
        {
            return http.User;
        }

        var user = new ClaimsPrincipal();
        foreach (var scheme in policy.AuthenticationSchemes)
        {
            if ((await http.AuthenticateAsync(scheme)).Principal is { } principal)
            {
                user.AddIdentities(principal.Identities);
            }
        }

        return user;
    }

    private static string NameOf(ClaimsPrincipal user)
    {
        var name = user.Identities.FirstOrDefault(i => i.IsAuthenticated && i.Name is not null)?.Name
            ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.FindFirst("sub")?.Value ?? "?";
        return Prefix + (name.Length > MaxName ? name[..MaxName] : name);
    }
}
