using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>The order to purge.</summary>
/// <param name="Count">The depth that was seen, as a confirmation; not more than this is purged.</param>
internal sealed record PurgeRequest(int? Count);

/// <summary>
/// <c>POST /queues/{name}/purge</c>: takes what waits off the queue and cancels its tasks. It commits batch by batch, as what is taken off a
/// broker has to be accounted for before the broker may forget it.
/// </summary>
internal static class PurgeQueue
{
    public static void MapPurgeQueue(this IEndpointRouteBuilder queue) => queue.MapPost("purge", HandleAsync)
        .WorksWithoutReserve()
        .WithName("PurgeQueue")
        .WithSummary("Cancels what waits in the queue")
        .WithDescription(
            "Takes the depth that was seen as a confirmation. The tasks of what is removed are Cancelled; what is not due yet, and what is in hand, stays.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .CommitsByHand();

    private static async Task<Results<Ok<PurgeResult>, ProblemHttpResult>> HandleAsync(
        string name, PurgeRequest? request, IQueueStore store, QueueControl queues, HttpContext http, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(name, cancellationToken) is not { } queue)
        {
            return QueueEndpoints.NoSuchQueue(name);
        }

        if (queue.Depth is not { } depth)
        {
            return BrokerOutOfReach();
        }

        if (request?.Count is not { } count || !Confirms(count, depth))
        {
            return TypedResults.Problem(
                $"The queue has {depth} message(s) now. Say so as count, to confirm that they are to be purged.",
                statusCode: StatusCodes.Status409Conflict,
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["depth"] = depth });
        }

        try
        {
            return TypedResults.Ok(await queues.PurgeAsync(name, count, http.Who(), cancellationToken));
        }
        catch (QueueTransportException)
        {
            return BrokerOutOfReach();
        }
    }

    /// <summary>A queue moves while one looks at it.</summary>
    private static bool Confirms(int count, long depth) => count >= 0 && Math.Abs(depth - count) <= Math.Max(10, depth / 10);

    private static ProblemHttpResult BrokerOutOfReach() => TypedResults.Problem(
        "The broker does not answer at the moment. What was purged before it fell silent stays purged; please try again.",
        statusCode: StatusCodes.Status503ServiceUnavailable);
}
