using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary><c>/schedules</c>: tasks that are handed on at the times of a cron expression.</summary>
internal static class ScheduleEndpoints
{
    private const int MaxPage = 200, DefaultPage = 50;

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        // What only reads.
        var read = routes.MapGroup("/schedules").WithTags("Schedules").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapGet("/", ListAsync)
            .WithName("ListSchedules")
            .WithSummary("The schedules, in the order of their names")
            .ProducesValidationProblem();
        read.MapGet("/{name}", FindAsync)
            .WithName("GetSchedule")
            .WithSummary("A schedule, with its next five due times")
            .ProducesProblem(StatusCodes.Status404NotFound);

        // What changes a schedule, or hands its task on.
        var operate = routes.MapGroup("/schedules").WithTags("Schedules").RequireOperate().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operate.MapScheduleChanges();
    }

    public static ProblemHttpResult NotFound(string name) =>
        TypedResults.Problem($"There is no schedule {name}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<SchedulePage>, ValidationProblem>> ListAsync(
        TaskSchedules schedules,
        CancellationToken cancellationToken,
        [Range(1, MaxPage)] int limit = DefaultPage,
        string? after = null)
    {
        if (limit is < 1 or > MaxPage)
        {
            return Wrong("limit", $"must be 1 to {MaxPage}.");
        }

        if (after?.Any(char.IsControl) == true)
        {
            return Wrong("after", "must not contain control characters.");
        }

        var found = await schedules.ListAsync(limit + 1, after, cancellationToken);
        return found.Count > limit
            ? TypedResults.Ok(new SchedulePage([.. found.Take(limit)], found[limit - 1].Name))
            : TypedResults.Ok(new SchedulePage(found, Next: null));
    }

    private static ValidationProblem Wrong(string name, string problem) => TypedResults.ValidationProblem(
        new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [$"'{name}' {problem}"] });

    private static async Task<Results<Ok<ScheduleRecord>, ProblemHttpResult>> FindAsync(
        string name, TaskSchedules schedules, CancellationToken cancellationToken) =>
        await schedules.FindAsync(name, cancellationToken) is { } schedule ? TypedResults.Ok(schedule) : NotFound(name);
}
