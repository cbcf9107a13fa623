using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary><c>GET /dead-letters</c>, <c>/dead-letters/groups</c>, <c>/dead-letters/{id}</c>.</summary>
internal static class ReadDeadLetters
{
    private const string StackTraceHeader = "MT-Fault-StackTrace"; // MassTransit's, of what it has put into an error queue

    public static void MapReadDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("", ListAsync)
            .WithName("ListDeadLetters")
            .WithSummary("Messages that were given up, newest first")
            .TakesQuery(
            [
                .. DeadLetterFields.Parameters,
                ("state", "Dead (the default), Redriven or Dropped.", "Dead"),
                ("limit", "Items of a page, 1 to 200; default 50.", null),
                ("after", "'next' of the page before.", null),
            ])
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/groups", GroupsAsync)
            .WithName("GroupDeadLetters")
            .WithSummary("What waits for a decision, grouped by reason, exception type and place")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/{id:guid}", FindAsync)
            .WithName("GetDeadLetter")
            .WithSummary("One message that was given up, with its headers and its body")
            .WithDescription("'stackTrace' is for keys that may operate; others see e-mail addresses masked, as in every answer.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<Page<DeadLetterRecord>>, ValidationProblem>> ListAsync(
        HttpRequest http, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http, [.. DeadLetterFields.Names, "state", "limit", "after"]);
        var query = DeadLetterFields.Read(fields);
        var state = fields.Name<DeadLetterState>("state") ?? DeadLetterState.Dead;
        var (limit, after) = (fields.Number("limit", otherwise: 50, min: 1, max: 200), fields.Id("after"));
        return fields.Errors.Count == 0
            ? TypedResults.Ok(await failures.ListAsync(query, state, after, limit, cancellationToken))
            : TypedResults.ValidationProblem(fields.Errors);
    }

    private static async Task<Ok<IReadOnlyList<DeadLetterGroup>>> GroupsAsync(DeadLetterControl failures, CancellationToken cancellationToken) =>
        TypedResults.Ok(await failures.GroupsAsync(cancellationToken));

    private static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        Guid id, DeadLetterControl failures, HttpContext http, CancellationToken cancellationToken) =>
        await failures.FindAsync(id, cancellationToken) is { } failure
            ? TypedResults.Ok(http.User.IsInRole(AccessRoles.Operate) ? failure : WithoutStackTraces(failure))
            : NotFound(id);

    /// <summary>Also without the one that a message from an error queue has in a header.</summary>
    private static DeadLetterDetails WithoutStackTraces(DeadLetterDetails failure) => failure with
    {
        StackTrace = null,
        Headers = JsonSerializer.SerializeToElement(
            failure.Headers.EnumerateObject().Where(h => h.Name != StackTraceHeader).ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal)),
    };

    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no failure {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
}
