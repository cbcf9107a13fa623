using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>
/// <c>POST /dead-letters/{id}/redrive</c>, optionally with a replacement for the message, and <c>/drop</c>; and both for all dead
/// letters that match a filter.
/// </summary>
internal static class DecideDeadLetters
{
    public static void MapDecideDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{id:guid}/redrive", RedriveAsync)
            .WithName("RedriveDeadLetter")
            .WithSummary("Sends a message again, optionally edited; the dead letter is kept")
            .WithDescription(
                "Without a body it is sent as it was. 'message' replaces the message within its envelope, 'body' replaces all of it; what is '[redacted]' in them keeps its value. Either is checked "
                + "as the type of the message; of a type that this process does not know it is refused, unless it is sent with 'unchecked'. 'queue' sends it to another queue "
                + "with a consumer for it, and its task follows; not for a task of several consumers.")
            .ProducesValidationProblem()
            .Answers();
        routes.MapPost("/{id:guid}/drop", DropAsync)
            .WithName("DropDeadLetter")
            .WithSummary("Drops a message: its task stays Failed, and the tasks that wait for it are cancelled")
            .ProducesValidationProblem()
            .WorksWithoutReserve()
            .Answers();
        routes.MapPost("/redrive", RedriveManyAsync)
            .WithName("RedriveDeadLetters")
            .WithSummary("Redrives all dead letters of a filter, at most 1,000 per request")
            .WithDescription(
                "At least one parameter is required. If 'more' is true, there may be further dead letters: repeat the request. 'toQueue' sends them to another queue; "
                + "messages of types that it does not take stay, and those of tasks with several consumers. 400 if no worker has reported it; or with the queues that do, if it takes none of them and an earlier request has sent none there.")
            .ProducesValidationProblem()
            .Answers();
        routes.MapPost("/drop", DropManyAsync)
            .WithName("DropDeadLetters")
            .WithSummary("Drops all dead letters of a filter, at most 1,000 per request; the tasks that wait for theirs are cancelled")
            .WithDescription("At least one parameter is required. If 'more' is true, there may be further dead letters: repeat the request.")
            .ProducesValidationProblem()
            .WorksWithoutReserve()
            .Answers();
    }

    private static void Answers(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<DeadLettersDecided>, ValidationProblem, ProblemHttpResult>> RedriveAsync(
        Guid id, RedriveRequest? request, HttpContext http, IDeadLetterControl deadLetters, CancellationToken cancellationToken)
    {
        try
        {
            var count = await deadLetters.RedriveAsync(new DeadLetterQuery { Id = id }, http.Who(), request?.ToEdit(), request?.Queue, cancellationToken);
            return count == 0 && request?.Queue is not null && (await deadLetters.FindAsync(id, cancellationToken))?.DeadLetter.State == DeadLetterState.Dead
                ? TypedResults.Problem(
                    "Its task has several consumers, each with a queue of its own, so it cannot go to another queue; or another action decides about it now.",
                    statusCode: StatusCodes.Status409Conflict)
                : await AnswerAsync(id, count, DeadLetterState.Redriven, deadLetters, cancellationToken);
        }
        catch (Exception exception) when (EditProblems.IsOne(exception))
        {
            return EditProblems.Of(exception, request?.Body is null ? "message" : "body", "queue");
        }
    }

    private static async Task<Results<Ok<DeadLettersDecided>, ValidationProblem, ProblemHttpResult>> DropAsync(
        Guid id, [AsParameters] SuccessorsQuery query, HttpContext http, IDeadLetterControl deadLetters, CancellationToken cancellationToken)
    {
        var count = await deadLetters.DropAsync(
            new DeadLetterQuery { Id = id }, http.Who(), query.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken);
        return await AnswerAsync(id, count, DeadLetterState.Dropped, deadLetters, cancellationToken);
    }

    private static async Task<Results<Ok<DeadLettersDecided>, ValidationProblem, ProblemHttpResult>> AnswerAsync(
        Guid id, int count, DeadLetterState wanted, IDeadLetterControl deadLetters, CancellationToken cancellationToken)
    {
        if (count > 0)
        {
            return TypedResults.Ok(new DeadLettersDecided(count, More: false));
        }

        return (await deadLetters.FindAsync(id, cancellationToken))?.DeadLetter.State switch
        {
            null => ReadDeadLetters.NotFound(id),
            // It was not waited for: a step of a bulk action may have it for seconds, and may yet fail.
            DeadLetterState.Dead => TypedResults.Problem(
                "Another action decides about the dead letter now. Nothing was done: try again in a moment, if it still waits then.", statusCode: StatusCodes.Status409Conflict),
            var state when state == wanted => TypedResults.Ok(new DeadLettersDecided(0, More: false)),
            var state => TypedResults.Problem($"The dead letter is already {state}.", statusCode: StatusCodes.Status409Conflict),
        };
    }

    private static async Task<Results<Ok<DeadLettersDecided>, ValidationProblem>> RedriveManyAsync(
        [AsParameters] RedriveFilter filter, HttpContext http, IDeadLetterControl deadLetters, CancellationToken cancellationToken)
    {
        try
        {
            return await ManyAsync(filter, query => deadLetters.RedriveAsync(query, http.Who(), queue: filter.ToQueue, cancellationToken: cancellationToken));
        }
        catch (Exception exception) when (EditProblems.IsOne(exception))
        {
            return EditProblems.Of(exception, "message", "toQueue");
        }
    }

    private static Task<Results<Ok<DeadLettersDecided>, ValidationProblem>> DropManyAsync(
        [AsParameters] DropFilter filter, HttpContext http, IDeadLetterControl deadLetters, CancellationToken cancellationToken) =>
        ManyAsync(filter, query => deadLetters.DropAsync(query, http.Who(), filter.Successors?.Value ?? SuccessorPolicy.Cancel, cancellationToken));

    private static async Task<Results<Ok<DeadLettersDecided>, ValidationProblem>> ManyAsync(DeadLetterFilter filter, Func<DeadLetterQuery, Task<int>> decide)
    {
        var query = filter.ToQuery();
        if (query == new DeadLetterQuery())
        {
            return FieldProblem.Of("group", "or another filter has to say which ones: at least one parameter is needed.");
        }

        var count = await decide(query);
        return TypedResults.Ok(new DeadLettersDecided(count, More: count == IDeadLetterControl.MaxAtOnce));
    }
}

/// <summary>The number of dead letters that were redriven or dropped.</summary>
/// <param name="Count">The number, without those about which another action decides at the same moment; of one dead letter 0 if it had been redriven or dropped before.</param>
/// <param name="More">Whether the limit of one request was reached, so that more may match; repeat the request.</param>
internal sealed record DeadLettersDecided(int Count, bool More);
