using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>Changes schedules and runs them. The audit log records who did it.</summary>
internal static class ScheduleChanges
{
    private const string Example =
        """
        {
          "cron": "30 2 * * *",
          "timeZone": "Europe/Berlin",
          "misfire": "fire_once",
          "type": "LogRequested",
          "message": { "level": "Information", "message": "another night", "loggedAt": "2026-05-04T00:00:00Z" }
        }
        """;

    public static void MapScheduleChanges(this RouteGroupBuilder operate)
    {
        operate.MapPut("/{name}", PutAsync)
            .WithName("PutSchedule")
            .WithSummary("Creates a schedule, or replaces it")
            .WithDescription(
                "An unchanged schedule keeps its next due time; after a change of its times the next one is calculated from now. With the header 'If-None-Match: *' it is only "
                + "created, and with 'If-Match' and the ETag of GET /schedules/{name} only replaced if nobody has changed it since: otherwise 412.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .TakesJson(Example);
        operate.MapPost("/{name}/pause", PauseAsync)
            .WorksWithoutReserve()
            .WithName("PauseSchedule")
            .WithSummary("Pauses the schedule until it is resumed")
            .ProducesProblem(StatusCodes.Status404NotFound);
        operate.MapPost("/{name}/resume", ResumeAsync)
            .WorksWithoutReserve()
            .WithName("ResumeSchedule")
            .WithSummary("Resumes the schedule")
            .WithDescription("Due times while it was paused are not run.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        operate.MapPost("/{name}/run", RunAsync)
            .WorksWithoutReserve() // the clean-ups are schedules
            .WithName("RunSchedule")
            .WithSummary("Enqueues its task once, now")
            .WithDescription("Its next due time does not change.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        operate.MapDelete("/{name}", DeleteAsync)
            .WithName("DeleteSchedule")
            .WithSummary("Deletes the schedule, if it exists")
            .WithDescription("Tasks that it has enqueued stay.");
    }

    private static async Task<Results<Created<ScheduleView>, Ok<ScheduleView>, ValidationProblem, ProblemHttpResult>> PutAsync(
        string name,
        ScheduleBody body,
        [AsParameters] PutConditions conditions,
        HttpContext http,
        ITaskSchedules schedules,
        ScheduleViews views,
        CancellationToken cancellationToken)
    {
        if (ScheduleTag.Read(conditions.IfMatch, conditions.IfNoneMatch, out var condition) is var (header, error))
        {
            return FieldProblem.Of(header, error);
        }

        var definition = body.ToDefinition(name);
        if (schedules.Check(definition) is { Count: > 0 } errors)
        {
            return FieldProblem.Of(errors);
        }

        try
        {
            var put = await schedules.PutAsync(definition, body.Paused, http.Who(), condition, cancellationToken);
            var view = await views.OfAsync(put.Schedule, http, cancellationToken);
            return put.Created ? TypedResults.Created($"/schedules/{name}", view) : TypedResults.Ok(view);
        }
        catch (ScheduleConflictException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status412PreconditionFailed);
        }
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PauseAsync(
        string name, ITaskSchedules schedules, ScheduleViews views, HttpContext http, CancellationToken cancellationToken) =>
        await schedules.PauseAsync(name, http.Who(), cancellationToken) is { } schedule
            ? TypedResults.Ok(await views.OfAsync(schedule, http, cancellationToken))
            : ScheduleEndpoints.NotFound(name);

    private static Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ResumeAsync(
        string name, ITaskSchedules schedules, ScheduleViews views, HttpContext http, CancellationToken cancellationToken) =>
        IfRunnableAsync<Ok<ScheduleView>>(async () => await schedules.ResumeAsync(name, http.Who(), cancellationToken) is { } schedule
            ? TypedResults.Ok(await views.OfAsync(schedule, http, cancellationToken))
            : ScheduleEndpoints.NotFound(name));

    private static Task<Results<Accepted<TaskAccepted>, ProblemHttpResult>> RunAsync(
        string name, ITaskSchedules schedules, HttpContext http, CancellationToken cancellationToken) =>
        IfRunnableAsync<Accepted<TaskAccepted>>(async () => await schedules.RunAsync(name, http.Who(), cancellationToken) is { } taskId
            ? TaskAccepted.At(taskId)
            : ScheduleEndpoints.NotFound(name));

    private static async Task<Results<TResult, ProblemHttpResult>> IfRunnableAsync<TResult>(Func<Task<Results<TResult, ProblemHttpResult>>> change)
        where TResult : IResult
    {
        try
        {
            return await change();
        }
        catch (ScheduleNotRunnableException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<NoContent> DeleteAsync(
        string name, ITaskSchedules schedules, HttpContext http, CancellationToken cancellationToken)
    {
        await schedules.DeleteAsync(name, http.Who(), cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>The conditions of a change; without one, it is made whatever there is.</summary>
internal sealed record PutConditions
{
    /// <summary>The ETag of the schedule that is replaced: 412 if somebody has changed or deleted it since.</summary>
    [FromHeader(Name = "If-Match")]
    public string? IfMatch { get; init; }

    /// <summary><c>*</c>: 412 if the schedule exists.</summary>
    [FromHeader(Name = "If-None-Match")]
    public string? IfNoneMatch { get; init; }
}
