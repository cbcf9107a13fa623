using Messaging.Api.Http;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Profiles;

/// <summary>
/// <c>PATCH /users/{id}</c>: stores the change together with the task of telling every API process, and answers with what holds from
/// now on.
/// </summary>
internal static class ChangeProfile
{
    public static void MapChangeProfile(this IEndpointRouteBuilder users) => users.MapPatch("/{id:guid}", HandleAsync)
        .WithName("ChangeUser")
        .WithSummary("Changes the profile of a user")
        .WithDescription(
            "What is named is set, what is null is cleared, and the rest stays. 'taskId' is the task that makes every API process drop what it "
            + "has cached; it is null when nothing was changed.")
        .TakesJson<ProfileChangeRequest>("""{ "displayName": "Ann" }""")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<ChangedProfile>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id,
        HttpRequest http,
        ProfileReader profiles,
        ProfileCache cache,
        BackgroundTasks tasks,
        IUnitOfWork unit,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (request, errors) = await ProfileChangeRequest.ReadAsync(http);
        if (request is null)
        {
            return TypedResults.ValidationProblem(errors);
        }

        if (await profiles.FindAsync(id, cancellationToken) is not { } before)
        {
            return ProfilesModule.NotFound(id);
        }

        var after = request.ApplyTo(before);
        if (after == before)
        {
            return TypedResults.Ok(ChangedProfile.Of(after, taskId: null));
        }

        unit.Execute("UPDATE users SET display_name = $2 WHERE id = $1", id, after.DisplayName);
        var task = tasks.Add(new ProfileChanged { UserId = id, ChangedAt = time.GetUtcNow() });

        // Here and not by CommitsUnitOfWork, since something is to follow: who has this answer gets the new value from this process
        // at once. Should the process die before that, nothing is lost: its memory goes with it.
        await unit.CommitAsync(cancellationToken);
        await cache.DropAsync(id);
        return TypedResults.Ok(ChangedProfile.Of(after, task.Id));
    }
}

/// <summary>A profile after a change.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="DisplayName">How they want to be called, if they said.</param>
/// <param name="RegisteredAt">When they registered.</param>
/// <param name="WelcomedAt">When their welcome mail was accepted by the mail server; null before.</param>
/// <param name="TaskId">The task of telling every API process; null when nothing was changed.</param>
internal sealed record ChangedProfile(Guid Id, string? DisplayName, DateTimeOffset RegisteredAt, DateTimeOffset? WelcomedAt, Guid? TaskId)
{
    public static ChangedProfile Of(UserProfile profile, Guid? taskId) =>
        new(profile.Id, profile.DisplayName, profile.RegisteredAt, profile.WelcomedAt, taskId);
}
