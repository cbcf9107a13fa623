using Messaging.Outbox.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks/count</c>.</summary>
internal static class CountTasksEndpoint
{
    public static void MapCountTasks(this IEndpointRouteBuilder routes) => routes.MapGet("/count", HandleAsync)
        .WithName("CountTasks")
        .WithSummary("How many tasks match a filter, with five of them")
        .WithDescription(
            "The parameters of GET /tasks. It takes about two seconds, and on a busy machine four, whatever the number of tasks: if they are too many to count in that time, 'isExact' "
            + "is false and 'count' is a lower bound.")
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<TaskCount>> HandleAsync([AsParameters] TaskFilter filter, TaskCounts counts, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await counts.CountAsync(filter.ToQuery(http), cancellationToken));
}
