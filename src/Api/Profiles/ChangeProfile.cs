using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Profiles;

/// <summary>
/// <c>PATCH /users/{id}</c>: stores the change together with the event to every API process, and returns the new profile.
/// </summary>
internal static class ChangeProfile
{
    public static void MapChangeProfile(this IEndpointRouteBuilder users) => users.MapPatch("/{id:guid}", HandleAsync)
        .WithName("ChangeUser")
        .WithSummary("Changes the profile of a user")
        .WithDescription(
            "Fields that are present are set, null clears a field, and absent fields stay unchanged. Every API process drops its cached copy.")
        .TakesJson("""{ "displayName": "Ann" }""")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .CommitsByHand();

    private static async Task<Results<Ok<UserProfile>, ProblemHttpResult>> HandleAsync(
        Guid id,
        ProfileChangeRequest request,
        HttpContext http,
        ProfileReader profiles,
        ProfileCache cache,
        IBackgroundTasks tasks,
        IUnitOfWork unit,
        StoreClock time,
        CancellationToken cancellationToken)
    {
        if (await profiles.FindAsync(id, cancellationToken) is not { } before)
        {
            return ProfilesModule.NotFound(id);
        }

        var after = request.ApplyTo(before);
        if (after == before)
        {
            return TypedResults.Ok(after);
        }

        unit.Execute("UPDATE users SET display_name = $2 WHERE id = $1", id, after.DisplayName);
        unit.Audit(http, "user.change", id.ToString());
        tasks.AddUntracked(new ProfileChanged { UserId = id, ChangedAt = time.GetUtcNow() });

        // Commits here and not in the group's filter, because the cache is dropped afterwards: the caller then gets the new value
        // from this process at once. If the process dies before that, its cache is gone too.
        await unit.CommitAsync(cancellationToken);
        await cache.DropAsync(id);
        return TypedResults.Ok(after);
    }
}
