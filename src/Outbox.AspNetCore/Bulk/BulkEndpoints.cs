using System.Globalization;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore.DeadLetters;
using Messaging.Outbox.Bulk;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Bulk;

/// <summary><c>POST /tasks/bulk</c> and <c>POST /dead-letters/bulk</c>.</summary>
internal static class BulkEndpoints
{
    private const string Description =
        """
        Up to 1,000 (200 retries) are changed in one transaction with one audit entry, and the answer counts them. For more there is a bulk action: the answer is 202, and
        'Location' says where to follow it. It changes only what is there now, goes on after a crash, and can be stopped. With 'expected' nothing is done if the
        number has changed: the answer is 409 with the new 'count'. If there are too many to count, 'expected' is not compared.
        """;

    public static void MapBulk(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/tasks").WithTags("Tasks").RequireOperate().MapPost("/bulk", TasksAsync)
            .WithName("ChangeTasks")
            .WithSummary("Cancels or retries many tasks, by ids or by a filter")
            .WithDescription(Description)
            .WorksWithoutReserve()
            .TakesJson("""{ "action": "Cancel", "filter": { "state": "Retrying", "queue": "mail" }, "expected": 3 }""")
            .Answers();
        routes.MapGroup("/dead-letters").WithTags("Dead letters").RequireOperate().MapPost("/bulk", DeadLettersAsync)
            .WithName("DecideDeadLetters")
            .WithSummary("Redrives or drops many dead letters, by ids or by a filter")
            .WithDescription($"{Description}\n'queue' redrives them to another queue; messages of types that it does not take stay, and those of tasks with several consumers, and are counted as skipped. 400 names the queues that take them, if it takes none.")
            .WorksWithoutReserveIf((DeadLetterBulkRequest body) => body.Action == DeadLetterBulkAction.Drop)
            .TakesJson("""{ "action": "Redrive", "filter": { "group": "0193a0b0-0000-7000-8000-000000000001" }, "expected": 12 }""")
            .Answers();
    }

    private static void Answers(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Task<Results<Ok<BulkChanged>, Accepted<BulkAction>, ValidationProblem, ProblemHttpResult>> TasksAsync(
        TaskBulkRequest body, BulkActions actions, HttpContext http, CancellationToken cancellationToken) => RunAsync(body, actions, http, cancellationToken);

    private static Task<Results<Ok<BulkChanged>, Accepted<BulkAction>, ValidationProblem, ProblemHttpResult>> DeadLettersAsync(
        DeadLetterBulkRequest body, BulkActions actions, HttpContext http, CancellationToken cancellationToken) => RunAsync(body, actions, http, cancellationToken);

    private static async Task<Results<Ok<BulkChanged>, Accepted<BulkAction>, ValidationProblem, ProblemHttpResult>> RunAsync(
        BulkRequest body, BulkActions actions, HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            var result = body.Ids is { } ids
                ? await actions.RunAsync(body.ToOrder(), ids, body.Expected, http.Who(), cancellationToken)
                : await actions.RunAsync(body.ToOrder(), body.Expected, http.Who(), cancellationToken);
            return result switch
            {
                { Differs: { } count } => Differs(count.Count, body.Expected),
                { HasTooManyRunning: true } => TypedResults.Problem(
                    $"{BulkActionSql.MaxRunning} bulk actions are running: wait until one has ended, or stop one (/bulk-actions).", statusCode: StatusCodes.Status409Conflict),
                { Started: { } action } => TypedResults.Accepted($"/bulk-actions/{action.Id}", action),
                _ => TypedResults.Ok(new BulkChanged(result.Changed, result.Skipped, result.Reason)),
            };
        }
        catch (Exception exception) when (EditProblems.IsOne(exception))
        {
            return EditProblems.Of(exception, "message", "queue");
        }
    }

    private static ProblemHttpResult Differs(long count, long? expected) => TypedResults.Problem(
        string.Create(CultureInfo.InvariantCulture, $"{count} match now, and not {expected}. Nothing was done: look at them, and send the new number as 'expected'."),
        statusCode: StatusCodes.Status409Conflict,
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["count"] = count });
}

/// <summary>What a bulk action has done at once.</summary>
/// <param name="Changed">How many were changed.</param>
/// <param name="Skipped">How many were not, because they had changed before or cannot be changed.</param>
/// <param name="Reason">Why some of them were not, if they can be changed in another way.</param>
internal sealed record BulkChanged(int Changed, int Skipped, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);
