using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks/{id}/why</c>, <c>/timeline</c> and <c>/graph</c>.</summary>
internal static class TaskReasonEndpoints
{
    public static void MapTaskReasons(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/why", WhyAsync)
            .WithName("GetTaskReason")
            .WithSummary("Why a task is not running")
            .WithDescription(
                """
                'message' is a sentence with figures, from rows and from what the answering process sees of the broker; 'advice' says what to do. If several things hold up the
                task, 'code' is the first that has to be removed. A task that runs or has ended has an answer as well.
                """);
        Map(routes, "/timeline", TimelineAsync)
            .WithName("GetTaskTimeline")
            .WithSummary("What has happened to a task, oldest first")
            .WithDescription("'until' is null for a moment and for what has not ended. 'isComplete' is false if rows are past their retention, or there are more than are read.");
        Map(routes, "/graph", GraphAsync)
            .WithName("GetTaskGraph")
            .WithSummary("All tasks that a task is linked to")
            .WithDescription("Over any number of links, the nearest first, at most 200: then 'isCapped' is true. An edge leads from a task to one that comes after it.");
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string path, Delegate handler) => routes.MapGet(path, handler)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TaskReason>, ProblemHttpResult>> WhyAsync(Guid id, SharedAnswers shared, CancellationToken cancellationToken) =>
        Answer(id, await shared.GetAsync("why", id, (services, token) => services.GetRequiredService<ITaskReasons>().FindAsync(id, token), cancellationToken));

    private static async Task<Results<Ok<TaskTimeline>, ProblemHttpResult>> TimelineAsync(Guid id, SharedAnswers shared, CancellationToken cancellationToken) =>
        Answer(id, await shared.GetAsync("timeline", id, (services, token) => services.GetRequiredService<ITaskHistory>().FindTimelineAsync(id, token), cancellationToken));

    private static async Task<Results<Ok<TaskGraph>, ProblemHttpResult>> GraphAsync(Guid id, SharedAnswers shared, CancellationToken cancellationToken) =>
        Answer(id, await shared.GetAsync("graph", id, (services, token) => services.GetRequiredService<ITaskHistory>().FindGraphAsync(id, token), cancellationToken));

    private static Results<Ok<T>, ProblemHttpResult> Answer<T>(Guid id, T? found)
        where T : class => found is null ? TaskProblems.NotFound(id) : TypedResults.Ok(found);
}
