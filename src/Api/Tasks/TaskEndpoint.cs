using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Tasks;

/// <summary><c>GET /tasks/{id}</c>: whoever knows the id may follow the task.</summary>
internal static class TaskEndpoint
{
    public static void MapTasks(this IEndpointRouteBuilder routes) => routes.MapGet("/tasks/{id:guid}", HandleAsync)
        .WithName("GetTask")
        .WithTags("Tasks")
        .WithSummary("The state of a task")
        .WithDescription("Queued, Running, Retrying, Succeeded or Failed, with attempts, times and the last error.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TaskRecord>, ProblemHttpResult>> HandleAsync(
        Guid id, ITaskStore tasks, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return await tasks.FindAsync(id, cancellationToken) is { } task
            ? TypedResults.Ok(task)
            : TypedResults.Problem(
                $"There is no task {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
    }
}
