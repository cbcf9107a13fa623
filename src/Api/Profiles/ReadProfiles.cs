using Messaging.Outbox.AspNetCore.Http;
using Messaging.Api.Register;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Profiles;

/// <summary><c>GET /users</c> reads from the database, <c>GET /users/{id}</c> from the cache.</summary>
internal static class ReadProfiles
{
    public static void MapListProfiles(this IEndpointRouteBuilder users) => users.MapGet("", ListAsync)
        .WithName("ListUsers")
        .WithSummary("Users, newest first")
        .TakesQuery(
            ("email", "The address, exactly, as it was registered.", "ann@example.org"),
            ("limit", "Items of a page, 1 to 200; default 50.", null),
            ("after", "'next' of the page before.", null));

    public static void MapGetProfile(this IEndpointRouteBuilder users) => users.MapGet("/{id:guid}", FindAsync)
        .WithName("GetUser")
        .WithSummary("The profile of a user")
        .WithDescription("Served from the cache of the process, which drops a profile as soon as it receives the event of a change.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<UserProfile>>, ValidationProblem>> ListAsync(
        HttpRequest http, ProfileReader profiles, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http, "email", "limit", "after");
        var (text, limit, after) = (fields.Text("email", EmailAddress.MaxLength), fields.Number("limit", otherwise: 50, min: 1, max: 200), fields.Id("after"));
        var email = text is null ? null : EmailAddress.Normalize(text.Trim());
        if (text is not null && email is null)
        {
            fields.Errors["email"] = ["'email' is not a valid e-mail address."];
        }

        return fields.Errors.Count == 0
            ? TypedResults.Ok(await profiles.ListAsync(email, after, limit, cancellationToken))
            : TypedResults.ValidationProblem(fields.Errors);
    }

    private static async Task<Results<Ok<UserProfile>, ProblemHttpResult>> FindAsync(
        Guid id, ProfileCache profiles, CancellationToken cancellationToken) =>
        await profiles.FindAsync(id, cancellationToken) is { } profile ? TypedResults.Ok(profile) : ProfilesModule.NotFound(id);
}
