using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary><c>/schedules</c>: tasks that are enqueued at the times of a cron expression.</summary>
internal static class ScheduleEndpoints
{
    public static void AddScheduleViews(this IServiceCollection services) => services.AddSingleton<ScheduleViews>();

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        // Reads.
        var read = routes.MapGroup("/schedules").WithTags("Schedules").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapGet("/", ListAsync)
            .WithName("ListSchedules")
            .WithSummary("The schedules, ordered by name")
            .WithDescription("'message' is null for a key that may not see payloads.")
            .ProducesValidationProblem();
        read.MapGet("/{name}", FindAsync)
            .WithName("GetSchedule")
            .WithSummary("A schedule, with its next five due times and its last ten runs")
            .WithDescription("'message' is null for a key that may not see payloads. The header ETag is for If-Match of a change.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        read.MapPreview();

        // Changes.
        var operate = routes.MapGroup("/schedules").WithTags("Schedules").RequireOperate().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operate.MapScheduleChanges();
    }

    public static ProblemHttpResult NotFound(string name) =>
        TypedResults.Problem($"There is no schedule {name}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<NamedPage<ScheduleView>>> ListAsync(
        [AsParameters] PageByName page, ITaskSchedules schedules, ScheduleViews views, HttpContext http, CancellationToken cancellationToken)
    {
        var found = page.OfStored(await schedules.ListAsync(page.Size() + 1, page.After, cancellationToken), schedule => schedule.Name);
        return TypedResults.Ok(new NamedPage<ScheduleView>(await views.OfAsync(found.Items, http, cancellationToken), found.Next));
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> FindAsync(
        string name, ITaskSchedules schedules, ScheduleViews views, HttpContext http, CancellationToken cancellationToken) =>
        await schedules.FindAsync(name, cancellationToken) is { } schedule ? TypedResults.Ok(await views.WholeAsync(schedule, http, cancellationToken)) : NotFound(name);
}
