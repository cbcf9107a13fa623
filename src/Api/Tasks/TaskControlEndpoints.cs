using Messaging.Api.Access;
using Messaging.Api.Http;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Tasks;

/// <summary><c>POST /tasks/{id}/cancel</c> and <c>/retry</c>. Each is idempotent and noted in the audit table.</summary>
internal static class TaskControlEndpoints
{
    public static void MapTaskControl(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/cancel", CancelAsync)
            .WithName("CancelTask")
            .WithSummary("Cancels a task that has not ended")
            .WithDescription(
                "One that waits never starts. One that runs has its token cancelled, in whichever process it is, and its effects are not committed; "
                + "what it did outside of the database stays done. The tasks after it are Blocked.");
        Map(routes, "/retry", RetryAsync)
            .WithName("RetryTask")
            .WithSummary("Makes a task's next attempt due now")
            .WithDescription("Of a task that is Retrying or Scheduled; a Failed one is redriven.");
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string path, Delegate handler) => routes.MapPost(path, handler)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .CommitsUnitOfWork();

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> CancelAsync(
        Guid id, TaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "cancelled", await control.CancelAsync(id, http.Who(), cancellationToken));

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> RetryAsync(
        Guid id, TaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "retried", await control.RetryAsync(id, http.Who(), cancellationToken));

    private static Results<Ok<TaskOrder>, ProblemHttpResult> Answer(Guid id, string done, ControlOutcome outcome) => outcome.Result switch
    {
        ControlResult.NotFound => TaskProblems.NotFound(id),
        ControlResult.Refused => TypedResults.Problem(
            $"A task that is {outcome.From} cannot be {done}.", statusCode: StatusCodes.Status409Conflict),
        _ => TypedResults.Ok(new TaskOrder(id, outcome.From!.Value, outcome.Result == ControlResult.Done)),
    };
}

/// <summary>What became of an order about a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="From">The state that it was in.</param>
/// <param name="Changed">False when things were already as ordered.</param>
internal sealed record TaskOrder(Guid TaskId, TaskState From, bool Changed);
