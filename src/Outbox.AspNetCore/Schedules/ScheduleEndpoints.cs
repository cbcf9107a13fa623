using Messaging.Outbox.AspNetCore.Http;
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
        [AsParameters] PageByName page, SharedAnswers shared, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await shared.GetAsync("schedules", page, (services, token) => PageAsync(page, services, token), cancellationToken);
        return TypedResults.Ok(new NamedPage<ScheduleView>([.. found.Items.Select(schedule => schedule.For(http))], found.Next));
    }

    private static async Task<NamedPage<ScheduleView>> PageAsync(PageByName page, IServiceProvider services, CancellationToken cancellationToken)
    {
        var schedules = await services.GetRequiredService<ITaskSchedules>().ListAsync(page.ToRead, page.After, cancellationToken);
        var found = page.OfStored(schedules, schedule => schedule.Name);
        return new NamedPage<ScheduleView>(await services.GetRequiredService<ScheduleViews>().OfAsync(found.Items, cancellationToken), found.Next);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> FindAsync(
        string name, SharedAnswers shared, HttpContext http, CancellationToken cancellationToken)
    {
        if (await shared.GetAsync("schedule", name, (services, token) => WholeAsync(name, services, token), cancellationToken) is not { } schedule)
        {
            return NotFound(name);
        }

        http.Response.Headers.ETag = ScheduleTag.Of(schedule.UpdatedAt);
        return TypedResults.Ok(schedule.For(http));
    }

    private static async Task<ScheduleView?> WholeAsync(string name, IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<ITaskSchedules>().FindAsync(name, cancellationToken) is { } schedule
            ? await services.GetRequiredService<ScheduleViews>().WholeAsync(schedule, cancellationToken)
            : null;
}
