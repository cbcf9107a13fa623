using System.Text.Json;
using Messaging.Api.Masking;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Tasks;

/// <summary><c>GET /tasks/{id}</c>.</summary>
internal static class GetTaskEndpoint
{
    public static void MapGetTask(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("GetTask")
        .WithSummary("The state of a task, with its attempts")
        .WithDescription("Queued, Scheduled, Waiting, Blocked, Running, Retrying, Succeeded, Failed or Cancelled.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TaskDetails>, ProblemHttpResult>> HandleAsync(
        Guid id, ITaskStore tasks, HttpContext http, CancellationToken cancellationToken)
    {
        if (await tasks.FindAsync(id, cancellationToken) is not { } task)
        {
            return TaskProblems.NotFound(id);
        }

        // Only what has failed, or is about more than one task, has more than its own row.
        var failed = task.LastError is null ? [] : await tasks.FailedAttemptsAsync(id, cancellationToken);
        var links = await tasks.LinksAsync(id, cancellationToken);
        var details = TaskDetails.Of(task, failed, links);
        return TypedResults.Ok(http.IsOperator() ? details : details.ForStrangers());
    }
}

/// <summary>
/// What a caller is shown who has a task's id and no access key: how it goes, and not where. The names of hosts are not of their concern,
/// and the queue would tell which of two things a request came to (<see cref="Register.RegisterEndpoint"/>).
/// </summary>
internal static class TaskVisibility
{
    public static bool IsOperator(this HttpContext http) => http.User.Identity?.IsAuthenticated == true;

    /// <summary>As an event shows it, which no filter sees (<see cref="MaskedAnswers"/>).</summary>
    public static TaskRecord For(this TaskRecord task, HttpContext http)
    {
        var shown = http.IsOperator() ? task : task.ForStrangers();
        return http.SeesAddresses()
            ? shown
            : shown with
            {
                LastError = shown.LastError is { } error ? AddressMask.Of(error) : null,
                ProgressText = shown.ProgressText is { } text ? AddressMask.Of(text) : null,
                Result = shown.Result is { } result ? JsonSerializer.SerializeToElement(AddressMask.Of(JsonSerializer.SerializeToNode(result))) : null,
            };
    }

    public static TaskRecord ForStrangers(this TaskRecord task) => task with { Worker = null, Queue = null };
}

internal static class TaskProblems
{
    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no task {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
}
