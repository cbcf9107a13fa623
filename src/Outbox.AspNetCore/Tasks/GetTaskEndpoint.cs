using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Masking;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks/{id}</c>.</summary>
internal static class GetTaskEndpoint
{
    public static void MapGetTask(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("GetTask")
        .WithSummary("The state of a task, with its attempts")
        .WithDescription(
            "Queued, Scheduled, Waiting, Blocked, Running, Retrying, Succeeded, Failed or Cancelled. Without an access key it is the state, and for "
            + "some kinds the times, attempts and result as well. With one it has the search keys, and the payload if the key may see payloads: 'state' is "
            + "Kept, NotKept, TooLarge, Sensitive or Hidden.")
        .Produces<TaskDetails>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        Guid id, ITaskStore tasks, ITaskPayloads payloads, TaskKinds kinds, HttpContext http, CancellationToken cancellationToken)
    {
        if (await tasks.FindAsync(id, cancellationToken) is not { } task)
        {
            return TaskProblems.NotFound(id);
        }

        if (!http.HasKey() && !kinds.ShowsCourse(task.Kind))
        {
            return TypedResults.Ok(kinds.Redacted(task));
        }

        // Only tasks that have failed, or that depend on others, need more than their own row.
        var failed = task.LastError is null ? [] : await tasks.FailedAttemptsAsync(id, cancellationToken);
        var links = await tasks.LinksAsync(id, cancellationToken);
        return TypedResults.Ok(http.HasKey()
            ? new TaskDetails(task, failed, links).With(await payloads.FindAsync(task, cancellationToken), http.SeesPayloads())
            : new TaskDetails(task.WithoutPlaces(), failed, links).WithoutWorkers());
    }
}

internal static class TaskVisibility
{
    /// <summary>The task as an event shows it to callers with a key; filters do not process events (<see cref="MaskedAnswers"/>).</summary>
    public static TaskRecord For(this TaskRecord task, HttpContext http) => http.SeesAddresses() ? task : task.Masked();

    /// <summary>Removes the names of hosts and queues and the trace, which callers without an access key do not need.</summary>
    public static TaskRecord WithoutPlaces(this TaskRecord task) => task with { Worker = null, Queue = null, TraceId = null, RunAgainOf = null };

    /// <summary>Masks e-mail addresses in its strings.</summary>
    public static TaskRecord Masked(this TaskRecord task) => task with
    {
        Kind = AddressMask.Of(task.Kind), // free text of an operator
        LastError = task.LastError is { } error ? AddressMask.Of(error) : null,
        ProgressText = task.ProgressText is { } text ? AddressMask.Of(text) : null,
        Result = task.Result is { } result ? JsonSerializer.SerializeToElement(AddressMask.Of(result)) : null,
    };
}

internal static class TaskProblems
{
    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no task {id}, or its retention has expired.", statusCode: StatusCodes.Status404NotFound);
}
