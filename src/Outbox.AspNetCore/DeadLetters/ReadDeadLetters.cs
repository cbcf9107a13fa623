using Messaging.Outbox.DeadLetters;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary><c>GET /dead-letters</c>, <c>/dead-letters/count</c>, <c>/dead-letters/queues</c> and <c>/dead-letters/{id}</c>.</summary>
internal static class ReadDeadLetters
{
    public static void MapReadDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("", ListAsync)
            .WithName("ListDeadLetters")
            .WithSummary("Dead letters, newest first")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/count", CountAsync)
            .WithName("CountDeadLetters")
            .WithSummary("How many dead letters that wait for a decision match a filter, with five of them")
            .WithDescription(
                "The parameters of GET /dead-letters, without 'state'. It takes about two seconds, and on a busy machine four: if they are too many to count in that "
                + "time, 'isExact' is false and 'count' is a lower bound.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/queues", QueuesAsync)
            .WithName("ListRedriveQueues")
            .WithSummary("To which queues dead letters of a filter can be redriven")
            .WithDescription(
                "The queues with a consumer for the type of at least one of the newest 100 that wait for a decision, by name. The parameters of GET /dead-letters, without 'state'.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/{id:guid}", FindAsync)
            .WithName("GetDeadLetter")
            .WithSummary("A dead letter with its headers and its body")
            .WithDescription(
                "'body', 'editedBody' and the application's headers require a key that may see payloads, and a type that is not sensitive: 'bodyState' is Shown, Hidden or "
                + "Sensitive. 'stackTrace' requires a key that may operate. Other keys see masked email addresses, as in every response.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<Page<DeadLetterRecord>>> ListAsync(
        [AsParameters] ListDeadLettersQuery query, [AsParameters] PageById page, IDeadLetterControl deadLetters, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await deadLetters.ListAsync(
            query.ToQuery(http), query.State?.Value ?? DeadLetterState.Dead, page.After, page.Size(), cancellationToken));

    private static async Task<Ok<DeadLetterCount>> CountAsync(
        [AsParameters] DeadLetterFilter filter, DeadLetterCounts counts, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await counts.CountAsync(filter.ToQuery(http), cancellationToken));

    private static async Task<Ok<RedriveQueueNames>> QueuesAsync(
        [AsParameters] DeadLetterFilter filter, RedriveQueues queues, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(new RedriveQueueNames(await queues.OfAsync(filter.ToQuery(http), cancellationToken)));

    private static async Task<Results<Ok<DeadLetterView>, ProblemHttpResult>> FindAsync(
        Guid id, IDeadLetterControl deadLetters, DeadLetterViews views, HttpContext http, CancellationToken cancellationToken) =>
        await deadLetters.FindAsync(id, cancellationToken) is { } letter ? TypedResults.Ok(await views.OfAsync(letter, http, cancellationToken)) : NotFound(id);

    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no dead letter {id}, or its retention has expired.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>Queues to which dead letters can be redriven.</summary>
/// <param name="Items">Their names.</param>
internal sealed record RedriveQueueNames(IReadOnlyList<string> Items);
