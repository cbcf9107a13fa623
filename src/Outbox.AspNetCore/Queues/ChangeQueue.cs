using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary><c>PATCH /queues/{name}</c>: sets the given members, clears those that are null, and leaves the others.</summary>
internal static class ChangeQueue
{
    public static void MapChangeQueue(this IEndpointRouteBuilder queue) => queue.MapPatch("", HandleAsync)
        .WorksWithoutReserve()
        .WithName("ChangeQueue")
        .WithSummary("Sets concurrency, rate limit and priority")
        .WithDescription("Null clears a setting, so that the workers' configuration applies again. Changes take effect within a second.")
        .TakesJson("""{ "concurrency": 4, "rateLimit": 10, "priority": "High" }""");

    private static async Task<Results<Ok<QueueSettings>, ProblemHttpResult>> HandleAsync(
        string name, QueueChangeRequest body, IQueueControl queues, HttpContext http, CancellationToken cancellationToken) =>
        QueueEndpoints.Answer(name, await queues.ChangeAsync(name, body.Change, http.Who(), cancellationToken));
}
