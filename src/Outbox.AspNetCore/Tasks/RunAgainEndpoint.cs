using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore.DeadLetters;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>POST /tasks/{id}/run-again</c>: a new task from the message that was kept.</summary>
internal static class RunAgainEndpoint
{
    public static void MapRunAgain(this IEndpointRouteBuilder routes) => routes.MapPost("/run-again", HandleAsync)
        .WithName("RunTaskAgain")
        .WithSummary("Enqueues the message of a task again, as a new task")
        .WithDescription(
            "The new task has the same kind, type and queue, and the old one as 'runAgainOf'; it is due at once. The old task is not changed, and its successors are not run "
            + "again. Without a body the message is the one that was kept; 'message' replaces it, for types of GET /task-types, and is validated like that of a new task. "
            + "409 says why the message is not there, or not all of it. The audit log records who did it.")
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<TaskAccepted>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, RunAgainRequest? request, ITaskControl control, HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await control.RunAgainAsync(id, http.Who(), request?.Message, cancellationToken);
            return outcome.Result switch
            {
                ControlResult.Done => TaskAccepted.At(outcome.TaskId!.Value),
                ControlResult.NotFound => TaskProblems.NotFound(id),
                _ => TypedResults.Problem($"The task cannot be run again. {outcome.Reason}", statusCode: StatusCodes.Status409Conflict),
            };
        }
        catch (EditedMessageException exception)
        {
            return EditProblems.Of(exception, "message", "queue");
        }
    }
}

/// <summary>A replacement for the message.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class RunAgainRequest : IValidatableObject
{
    /// <summary>The whole message, in the form of <c>POST /tasks</c>. Default: the one that was kept.</summary>
    [JsonConverter(typeof(StorableJson))]
    public JsonElement? Message { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Message is { ValueKind: not JsonValueKind.Object } ? [new("must be an object.", ["message"])] : [];
}
