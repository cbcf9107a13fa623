using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore.Requests;
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
            .ProducesValidationProblem()
            .Answers();
        routes.MapPost("/{id:guid}/drop", DropAsync)
            .WithName("DropDeadLetter")
            .WithSummary("Decides that a message is of no more use; its task stays Failed, and the tasks after it are cancelled")
            .ProducesValidationProblem()
            .WorksWithoutReserve()
            .Answers();
        routes.MapPost("/redrive", RedriveManyAsync)
            .WithName("RedriveDeadLetters")
            .WithSummary("Sends all messages of a filter again, at most 1,000 at once")
            .WithDescription("At least one parameter is needed. 'more' says that there may be further ones: ask again.")
            .ProducesValidationProblem()
            .Answers();
        routes.MapPost("/drop", DropManyAsync)
            .WithName("DropDeadLetters")
            .WithSummary("Drops all messages of a filter, at most 1,000 at once; the tasks after theirs are cancelled")
            .WithDescription("At least one parameter is needed. 'more' says that there may be further ones: ask again.")
            .ProducesValidationProblem()
            .WorksWithoutReserve()
            .Answers();
    }

    private static void Answers(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem, ProblemHttpResult>> RedriveAsync(
        Guid id, RedriveRequest? request, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        try
        {
            var count = await failures.RedriveAsync(new DeadLetterQuery { Id = id }, http.Who(), request?.ToEdit(), cancellationToken);
            return await AnswerAsync(id, count, DeadLetterState.Redriven, failures, cancellationToken);
        }
        catch (DeadLetterEditException exception)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["message"] = [exception.Message] });
        }
    }

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem, ProblemHttpResult>> DropAsync(
        Guid id, [AsParameters] SuccessorsQuery query, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken)
    {
        var count = await failures.DropAsync(
            new DeadLetterQuery { Id = id }, http.Who(), query.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken);
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

    private static Task<Results<Ok<FailuresDecided>, ValidationProblem>> RedriveManyAsync(
        [AsParameters] DeadLetterFilter filter, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken) =>
        ManyAsync(filter, query => failures.RedriveAsync(query, http.Who(), cancellationToken: cancellationToken));

    private static Task<Results<Ok<FailuresDecided>, ValidationProblem>> DropManyAsync(
        [AsParameters] DropFilter filter, HttpContext http, DeadLetterControl failures, CancellationToken cancellationToken) =>
        ManyAsync(filter, query => failures.DropAsync(query, http.Who(), filter.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken));

    private static async Task<Results<Ok<FailuresDecided>, ValidationProblem>> ManyAsync(DeadLetterFilter filter, Func<DeadLetterQuery, Task<int>> decide)
    {
        var query = filter.ToQuery();
        if (query == new DeadLetterQuery())
        {
            return TypedResults.ValidationProblem(
                new Dictionary<string, string[]> { ["group"] = ["or another filter has to say which ones: at least one parameter is needed."] });
        }

        var count = await decide(query);
        return TypedResults.Ok(new FailuresDecided(count, More: count == DeadLetterControl.MaxAtOnce));
    }
}

/// <summary>How many were redriven or dropped.</summary>
/// <param name="Count">Their number; 0 when it was done before.</param>
/// <param name="More">There may be further ones.</param>
internal sealed record FailuresDecided(int Count, bool More);
