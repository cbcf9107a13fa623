using System.Security.Claims;
using System.Text.Encodings.Web;
using Messaging.Outbox.AspNetCore.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// Authenticates by a key in <c>Authorization: Bearer</c> or <c>X-Api-Key</c>, else by the cookie of a session, else by the application's own
/// login. What a browser sends by itself counts only in a request of our own pages. A 401 or 403 states which key is required.
/// </summary>
internal sealed class ApiKeyHandler(
    ApiKeys keys,
    BrowserSessions sessions,
    HostUsers users,
    IOptions<AccessOptions> access,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Outbox.ApiKey";
    public const string HeaderName = "X-Api-Key";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented() is { } presented)
        {
            if (keys.Find(presented) is { } key)
            {
                return Success(key);
            }

            if (Request.Headers.ContainsKey(HeaderName) || !users.MayBe) // else it may be a token of the application
            {
                return AuthenticateResult.Fail($"The key is not {OneOfThose}.");
            }
        }
        else if (await FindSessionAsync() is { } session)
        {
            return session;
        }

        return users.MayBe && await users.FindAsync(Context) is { } user
            ? SameOrigin.CheckUser(Request) is { } refusal ? Refuse(refusal) : Success(user)
            : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.Features.Get<AccessRefusal>() is { } refusal)
        {
            if (refusal.Status == StatusCodes.Status503ServiceUnavailable)
            {
                Response.Headers.RetryAfter = "1";
            }

            return ProblemAsync(refusal.Status, refusal.Detail);
        }

        Response.Headers.WWWAuthenticate = Presented() is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return ProblemAsync(StatusCodes.Status401Unauthorized, WhatIsMissing());
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ProblemAsync(
        StatusCodes.Status403Forbidden,
        $"This needs a key with the role '{AccessRoles.Operate}'; the key '{Context.Who()}' has the role '{AccessRoles.Read}'.");

    private async Task<AuthenticateResult?> FindSessionAsync()
    {
        try
        {
            return await sessions.FindAsync(Context) is not var (key, expiresAt) ? null
                : SameOrigin.Check(Request) is { } refusal ? Refuse(refusal)
                : Success(key, expiresAt);
        }
        catch (StoreUnavailableException)
        {
            return Refuse(new AccessRefusal(StatusCodes.Status503ServiceUnavailable, "The database is unavailable. Please try again later."));
        }
    }

    private AuthenticateResult Success(AccessKey key, DateTimeOffset? expiresAt = null)
    {
        var identity = new ClaimsIdentity(CallerKey.ClaimsOf(key), Scheme.Name);
        var properties = new AuthenticationProperties { ExpiresUtc = expiresAt };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name));
    }

    /// <summary>The caller is nobody: a route that is open to all is so to them, and any other one says why it is not.</summary>
    private AuthenticateResult Refuse(AccessRefusal refusal)
    {
        Context.Features.Set(refusal);
        return AuthenticateResult.Fail(refusal.Detail);
    }

    private string? Presented() => ApiKeys.In(Request.Headers);

    private string WhatIsMissing() => (keys.None, Presented()) switch
    {
        (true, _) when !users.MayBe => $"No access key is configured, so this is closed. {NewKeyCommand.Hint}",
        (_, not null) => $"The access key is not {OneOfThose}.",
        _ => $"This needs an access key, as 'Authorization: Bearer <key>' or '{HeaderName}: <key>'."
            + (access.Value.Local is null ? "" : $" It is in the file {access.Value.LocalFile}."),
    };

    private string OneOfThose => access.Value.Local is null ? "one of those that are configured" : $"the one in the file {access.Value.LocalFile}";

    private Task ProblemAsync(int status, string detail) => TypedResults.Problem(detail, statusCode: status).ExecuteAsync(Context);
}
