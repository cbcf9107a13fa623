using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary><c>/dashboard/session</c>: a browser exchanges a key for a cookie that no script can read.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes, SignInDesk desk)
    {
        var session = routes.MapGroup("/session").WithTags(DashboardTag.Name);
        session.MapPost("", (SignInBody body, HttpContext http) => desk.SignInAsync(body, http))
            .WithName("SignIn")
            .WithSummary("Signs a browser in")
            .WithDescription("Exchanges an access key, or the code of a link that Standalone prints, for a cookie. Only a page of the same origin may.")
            .TakesJson("""{ "key": "msg_…" }""")
            .LimitsEverybody(RateLimitPolicies.Accounts) // each writes a session and an audit entry
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WorksWithoutReserve()
            .CommitsByHand();
        session.MapGet("", Get)
            .WithName("GetSession")
            .WithSummary("Who is signed in")
            .RequireAuthorization(AccessRoles.ReadPolicy) // not RequireRead, which would mask one's own name
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        session.MapDelete("", EndAsync)
            .WithName("SignOut")
            .WithSummary("Signs a browser out")
            .WithDescription("The session ends: its cookie is of no use to anybody who has a copy.")
            .LimitsAnonymous(RateLimitPolicies.Reads)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .CommitsByHand();
    }

    private static Ok<SessionView> Get(HttpContext http)
    {
        var key = CallerKey.Of(http)!;
        return TypedResults.Ok(new SessionView(key.Name, key.Role, key.SeesPayloads, key.SessionExpiresAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(HttpContext http, BrowserSessions sessions)
    {
        if (SameOrigin.Check(http.Request) is { } refusal)
        {
            return TypedResults.Problem(refusal.Detail, statusCode: refusal.Status);
        }

        await sessions.EndAsync(http);
        return TypedResults.NoContent();
    }

    /// <summary>Who is signed in.</summary>
    /// <param name="Name">The name of the key, as in the audit.</param>
    /// <param name="Role"><c>read</c> or <c>operate</c>.</param>
    /// <param name="SeesPayloads">Whether answers contain the bodies of messages.</param>
    /// <param name="ExpiresAt">When the session expires; null for a caller with the key itself, or with the application's own login.</param>
    private sealed record SessionView(string Name, string Role, bool SeesPayloads, DateTimeOffset? ExpiresAt);
}
