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
        .ProducesValidationProblem();

    public static void MapGetProfile(this IEndpointRouteBuilder users) => users.MapGet("/{id:guid}", FindAsync)
        .WithName("GetUser")
        .WithSummary("The profile of a user")
        .WithDescription("Served from the cache of the process, which drops a profile as soon as it receives the event of a change.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Ok<Page<UserProfile>>> ListAsync(
        [AsParameters] ListUsersQuery query, ProfileReader profiles, CancellationToken cancellationToken) =>
        TypedResults.Ok(await profiles.ListAsync(
            query.Email is { } email ? EmailAddress.Normalize(email.Trim()) : null, query.After, query.Size(), cancellationToken));

    private static async Task<Results<Ok<UserProfile>, ProblemHttpResult>> FindAsync(
        Guid id, ProfileCache profiles, CancellationToken cancellationToken) =>
        await profiles.FindAsync(id, cancellationToken) is { } profile ? TypedResults.Ok(profile) : ProfilesModule.NotFound(id);
}
