using System.Text.Json;
using MassTransit;
using Messaging.Api.Access;
using Messaging.Api.Http;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Failures;

/// <summary><c>GET /failures</c>, <c>/failures/groups</c>, <c>/failures/{id}</c>.</summary>
internal static class ReadFailures
{
    public static void MapReadFailures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("", ListAsync)
            .WithName("ListFailures")
            .WithSummary("Messages that were given up, newest first")
            .TakesQuery(
            [
                .. FailureFields.Parameters,
                ("state", "Dead (the default), Redriven or Dropped.", "Dead"),
                ("limit", "Items of a page, 1 to 200; default 50.", null),
                ("after", "'next' of the page before.", null),
            ])
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/groups", GroupsAsync)
            .WithName("GroupFailures")
            .WithSummary("What waits for a decision, grouped by reason, exception type and place")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/{id:guid}", FindAsync)
            .WithName("GetFailure")
            .WithSummary("One message that was given up, with its headers and its body")
            .WithDescription("'stackTrace' is for keys that may operate; others see e-mail addresses masked, as in every answer.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<Page<FailureRecord>>, ValidationProblem>> ListAsync(
        HttpRequest http, Outbox.Failures failures, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http, [.. FailureFields.Names, "state", "limit", "after"]);
        var query = FailureFields.Read(fields);
        var state = fields.Name<DeadLetterState>("state") ?? DeadLetterState.Dead;
        var (limit, after) = (fields.Number("limit", otherwise: 50, min: 1, max: 200), fields.Id("after"));
        return fields.Errors.Count == 0
            ? TypedResults.Ok(await failures.ListAsync(query, state, after, limit, cancellationToken))
            : TypedResults.ValidationProblem(fields.Errors);
    }

    private static async Task<Ok<IReadOnlyList<FailureGroup>>> GroupsAsync(Outbox.Failures failures, CancellationToken cancellationToken) =>
        TypedResults.Ok(await failures.GroupsAsync(cancellationToken));

    private static async Task<Results<Ok<FailureDetails>, ProblemHttpResult>> FindAsync(
        Guid id, Outbox.Failures failures, HttpContext http, CancellationToken cancellationToken) =>
        await failures.FindAsync(id, cancellationToken) is { } failure
            ? TypedResults.Ok(http.User.IsInRole(AccessRoles.Operate) ? failure : WithoutStackTraces(failure))
            : NotFound(id);

    /// <summary>Also without the one that a message from an error queue has in a header.</summary>
    private static FailureDetails WithoutStackTraces(FailureDetails failure) => failure with
    {
        StackTrace = null,
        Headers = JsonSerializer.SerializeToElement(
            failure.Headers.EnumerateObject().Where(h => h.Name != MessageHeaders.FaultStackTrace).ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal)),
    };

    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no failure {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
}
