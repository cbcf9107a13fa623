using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>
/// <c>POST /dead-letters/{id}/redrive</c>, with another body if one is given, and <c>/drop</c>; and both for many, by filter.
/// </summary>
internal static class DecideDeadLetters
{
    public static void MapDecideDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{id:guid}/redrive", RedriveAsync)
            .WithName("RedriveDeadLetter")
            .WithSummary("Sends a message again, or an edited one; the old one is kept")
            .WithDescription("Without a body it is sent as it was. 'message' replaces the message within its envelope, 'body' replaces all of it.")
            .Accepts<RedriveRequest>(isOptional: true, "application/json")
            .ProducesValidationProblem()
            .Answers();
        routes.MapPost("/{id:guid}/drop", DropAsync)
            .WithName("DropDeadLetter")
            .WithSummary("Decides that a message is of no more use; its task stays Failed, and the tasks after it are cancelled")
            .TakesQuery(SuccessorsField.Parameter)
            .ProducesValidationProblem()
            .WorksWithoutReserve()
            .Answers();
        routes.MapPost("/redrive", (HttpRequest http, DeadLetterControl failures, CancellationToken cancellationToken) =>
            ManyAsync(
                http, DeadLetterFields.Names, (query, _) => failures.RedriveAsync(query, http.HttpContext.Who(), cancellationToken: cancellationToken)))
            .WithName("RedriveDeadLetters")
            .WithSummary("Sends all messages of a filter again, at most 1,000 at once")
            .WithDescription("At least one parameter is needed. 'more' says that there may be further ones: ask again.")
            .TakesQuery(DeadLetterFields.Parameters)
            .Answers();
        routes.MapPost("/drop", (HttpRequest http, DeadLetterControl failures, CancellationToken cancellationToken) =>
            ManyAsync(
                http,
                [.. DeadLetterFields.Names, SuccessorsField.Name],
                (query, fields) => failures.DropAsync(query, http.HttpContext.Who(), SuccessorsField.Read(fields), cancellationToken)))
            .WithName("DropDeadLetters")
            .WithSummary("Drops all messages of a filter, at most 1,000 at once; the tasks after theirs are cancelled")
            .WithDescription("At least one parameter is needed. 'more' says that there may be further ones: ask again.")
            .TakesQuery([.. DeadLetterFields.Parameters, SuccessorsField.Parameter])
            .WorksWithoutReserve()
            .Answers();
    }

    private static void Answers(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem, ProblemHttpResult>> RedriveAsync(
        Guid id, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        var (edit, fields) = await RedriveRequest.ReadAsync(http.Request);
        if (fields.Errors.Count > 0)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        try
        {
            var count = await failures.RedriveAsync(new DeadLetterQuery { Id = id }, http.Who(), edit, cancellationToken);
            return await AnswerAsync(id, count, DeadLetterState.Redriven, failures, cancellationToken);
        }
        catch (DeadLetterEditException exception)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["message"] = [exception.Message] });
        }
    }

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem, ProblemHttpResult>> DropAsync(
        Guid id, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http.Request, SuccessorsField.Name);
        var successors = SuccessorsField.Read(fields);
        if (fields.Errors.Count > 0)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        var count = await failures.DropAsync(new DeadLetterQuery { Id = id }, http.Who(), successors, cancellationToken);
        return await AnswerAsync(id, count, DeadLetterState.Dropped, failures, cancellationToken);
    }

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem, ProblemHttpResult>> AnswerAsync(
        Guid id, int count, DeadLetterState wanted, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        if (count > 0)
        {
            return TypedResults.Ok(new FailuresDecided(count, More: false));
        }

        return (await failures.FindAsync(id, cancellationToken))?.Failure.State switch
        {
            null => ReadDeadLetters.NotFound(id),
            var state when state == wanted || state == DeadLetterState.Dead => TypedResults.Ok(new FailuresDecided(0, More: false)),
            var state => TypedResults.Problem($"It was {state} before.", statusCode: StatusCodes.Status409Conflict),
        };
    }

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem>> ManyAsync(
        HttpRequest http, IEnumerable<string> names, Func<DeadLetterQuery, QueryFields, Task<int>> decide)
    {
        var fields = new QueryFields(http, names);
        _ = SuccessorsField.Read(fields); // before anything is done
        var query = DeadLetterFields.Read(fields);
        if (query == new DeadLetterQuery())
        {
            fields.Errors["group"] = ["Say which ones: at least one parameter is needed."];
        }

        if (fields.Errors.Count > 0)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        var count = await decide(query, fields);
        return TypedResults.Ok(new FailuresDecided(count, More: count == DeadLetterControl.MaxAtOnce));
    }
}

/// <summary>How many were redriven or dropped.</summary>
/// <param name="Count">Their number; 0 when it was done before.</param>
/// <param name="More">There may be further ones.</param>
internal sealed record FailuresDecided(int Count, bool More);
