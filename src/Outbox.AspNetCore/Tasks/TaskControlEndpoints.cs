using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

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
                + "what it did outside of the database stays done. The tasks after it are cancelled with it, and counted as 'successors'; a retry brings all of "
                + "them back.")
            .ProducesValidationProblem();
        Map(routes, "/retry", RetryAsync)
            .WithName("RetryTask")
            .WithSummary("Makes a task's next attempt due now")
            .WithDescription("Of a task that is Retrying or Scheduled; a Failed one is redriven, and a Cancelled one comes back with all that was cancelled with it.");
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string path, Delegate handler) => routes.MapPost(path, handler)
        .WorksWithoutReserve()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> CancelAsync(
        Guid id, [AsParameters] SuccessorsQuery query, TaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "cancelled", await control.CancelAsync(id, http.Who(), query.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken));

    private static async Task<Results<Ok<TaskOrder>, ProblemHttpResult>> RetryAsync(
        Guid id, TaskControl control, HttpContext http, CancellationToken cancellationToken) =>
        Answer(id, "retried", await control.RetryAsync(id, http.Who(), cancellationToken));

    private static Results<Ok<TaskOrder>, ProblemHttpResult> Answer(Guid id, string done, ControlOutcome outcome) => outcome.Result switch
    {
        ControlResult.NotFound => TaskProblems.NotFound(id),
        ControlResult.Refused => TypedResults.Problem(
            $"A task that is {outcome.From} cannot be {done}.{(outcome.Reason is { } reason ? $" {reason}" : "")}", statusCode: StatusCodes.Status409Conflict),
        _ => TypedResults.Ok(new TaskOrder(id, outcome.From!.Value, outcome.Result == ControlResult.Done, outcome.Successors)),
    };
}

/// <summary>What became of an order about a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="From">The state that it was in.</param>
/// <param name="Changed">False when things were already as ordered.</param>
/// <param name="Successors">How many tasks after it were cancelled with it, or came back with it.</param>
internal sealed record TaskOrder(Guid TaskId, TaskState From, bool Changed, int Successors);
