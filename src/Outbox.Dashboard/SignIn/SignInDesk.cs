using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary>
/// Starts sessions. A wrong key costs its caller a second, is logged without the key, and counts for the limit of routes that hash
/// passwords; it could not be guessed without all that.
/// </summary>
internal sealed partial class SignInDesk(
    DashboardOptions options, IOptions<AccessOptions> access, SignInCodes codes, TimeProvider time, ILogger<SignInDesk> logger)
{
    public static readonly TimeSpan WrongKeyTakes = TimeSpan.FromMilliseconds(1_050);

    public async Task<Results<NoContent, ProblemHttpResult>> SignInAsync(SignInBody body, HttpContext http)
    {
        // Also without a cookie: nobody is to be signed in by another page, as somebody whom that page chose.
        if (SameOrigin.Check(http.Request) is { } refusal)
        {
            return TypedResults.Problem(refusal.Detail, statusCode: refusal.Status);
        }

        if (options.Hosts.Count > 0 && !options.Hosts.Contains(http.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            return TypedResults.Problem(
                $"Nobody signs in under the name '{http.Request.Host.Host}' here. If this is a name of this service, add it to Dashboard:Hosts.",
                statusCode: StatusCodes.Status403Forbidden);
        }

        if (Find(body, http) is not { } key)
        {
            LogRefused();
            await Task.Delay(WrongKeyTakes, time, http.RequestAborted);
            return TypedResults.Problem(WhyNot(body, http.RequestServices.GetRequiredService<ApiKeys>()), statusCode: StatusCodes.Status401Unauthorized);
        }

        try
        {
            await http.RequestServices.GetRequiredService<BrowserSessions>().StartAsync(http, key, options.SessionDuration);
        }
        catch when (body.Code is { Length: > 0 })
        {
            codes.GiveBack(body.Code, key); // the answer asks to try again
            throw;
        }

        return TypedResults.NoContent();
    }

    private static string WhyNot(SignInBody body, ApiKeys keys) => body switch
    {
        { Code.Length: > 0 } => "The link has been used, is older than ten minutes, or was made before the last start. Sign in with a key, or by another link.",
        _ when keys.None => $"No access key is configured, so nobody signs in with one. {NewKeyCommand.Hint}",
        _ => "The access key is not valid.",
    };

    private AccessKey? Find(SignInBody body, HttpContext http) => body switch
    {
        { Key: { Length: > 0 } key } => http.RequestServices.GetRequiredService<ApiKeys>().Find(key.Trim()),
        { Code: { } code } when access.Value.Local is { } local && codes.TryUse(code, local) => local,
        _ => null,
    };

    [LoggerMessage(EventId = 2020, EventName = "SignInRefused", Level = LogLevel.Warning, Message = "A browser tried to sign in to the dashboard with a key or a link that is not valid; if it goes on, check who can reach the dashboard")]
    private partial void LogRefused();
}
