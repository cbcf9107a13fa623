using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Authenticates by a key in <c>Authorization: Bearer</c> or <c>X-Api-Key</c>. A 401 or 403 states which key is required.</summary>
internal sealed class ApiKeyHandler(
    ApiKeys keys,
    IOptions<AccessOptions> access,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Outbox.ApiKey";
    public const string HeaderName = "X-Api-Key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Presented() is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return ProblemAsync(StatusCodes.Status401Unauthorized, WhatIsMissing());
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ProblemAsync(
        StatusCodes.Status403Forbidden,
        $"This needs a key with the role '{AccessRoles.Operate}'; the key '{Context.Who()}' has the role '{AccessRoles.Read}'.");

    private AuthenticateResult Authenticate()
    {
        if (Presented() is not { } presented)
        {
            return AuthenticateResult.NoResult();
        }

        return keys.Find(presented) is { } key
            ? Success(key)
            : AuthenticateResult.Fail($"The key is not {OneOfThose}.");
    }

    private AuthenticateResult Success(AccessKey key)
    {
        var identity = new ClaimsIdentity(CallerKey.ClaimsOf(key), Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private string? Presented() => ApiKeys.In(Request.Headers);

    private string WhatIsMissing() => (keys.None, Presented()) switch
    {
        (true, _) => $"No access key is configured, so this is closed. {NewKeyCommand.Hint}",
        (_, not null) => $"The access key is not {OneOfThose}.",
        _ => $"This needs an access key, as 'Authorization: Bearer <key>' or '{HeaderName}: <key>'."
            + (access.Value.Local is null ? "" : $" It is in the file {access.Value.LocalFile}."),
    };

    private string OneOfThose => access.Value.Local is null ? "one of those that are configured" : $"the one in the file {access.Value.LocalFile}";

    private Task ProblemAsync(int status, string detail) => TypedResults.Problem(detail, statusCode: status).ExecuteAsync(Context);
}
