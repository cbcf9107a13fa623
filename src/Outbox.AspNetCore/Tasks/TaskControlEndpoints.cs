using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>POST /tasks/{id}/cancel</c> and <c>/retry</c>. Both are idempotent and recorded in the audit log.</summary>
internal static class TaskControlEndpoints
{
    public static void MapTaskControl(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/cancel", CancelAsync)
            .WithName("CancelTask")
            .WithSummary("Cancels a task that has not ended")
            .WithDescription(
                "A waiting task never starts. The token of a running task is cancelled, in whichever process it runs, and its effects are not committed; "
                + "what it did outside of the database stays done. The tasks after it are cancelled with it, and counted as 'successors'; a retry brings all of "
                + "them back.")
            .ProducesValidationProblem();
        Map(routes, "/retry", RetryAsync)
            .WithName("RetryTask")
            .WithSummary("Makes a task's next attempt due now")
            .WithDescription("For a task that is Retrying, Scheduled, Failed or Cancelled. A Failed task is redriven, and a Cancelled task is restored together with all tasks that were cancelled with it.");
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string path, Delegate handler) => routes.MapPost(path, handler)
        .WorksWithoutReserve()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> CancelAsync(
        Guid id, [AsParameters] SuccessorsQuery query, ITaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "cancelled", await control.CancelAsync(id, http.Who(), query.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken));

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> RetryAsync(
        Guid id, ITaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "retried", await control.RetryAsync(id, http.Who(), cancellationToken));

    private static Results<Ok<TaskOrder>, ProblemHttpResult> Answer(Guid id, string done, ControlOutcome outcome) => outcome.Result switch
    {
        ControlResult.NotFound => TaskProblems.NotFound(id),
        ControlResult.Refused => TypedResults.Problem(
            $"A task that is {outcome.From} cannot be {done}.{(outcome.Reason is { } reason ? $" {reason}" : "")}", statusCode: StatusCodes.Status409Conflict),
        _ => TypedResults.Ok(new TaskOrder(id, outcome.From!.Value, outcome.Result == ControlResult.Done, outcome.Successors)),
    };
}

/// <summary>The result of a request to cancel or retry a task.</summary>
/// <param name="TaskId">The id of the task.</param>
/// <param name="From">The previous state.</param>
/// <param name="Changed">False if the task was already in the requested state.</param>
/// <param name="Successors">The number of successors that were cancelled or restored with it.</param>
internal sealed record TaskOrder(Guid TaskId, TaskState From, bool Changed, int Successors);
