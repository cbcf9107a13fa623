using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>The request to purge a queue.</summary>
/// <param name="Count">The depth that the caller has read, as a confirmation. At most this many messages are purged.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record PurgeRequest([property: Range(0, int.MaxValue)] int? Count);

/// <summary>
/// <c>POST /queues/{name}/purge</c>: removes the waiting messages of a queue and cancels their tasks. It commits in batches,
/// because messages that are taken from a broker must be recorded before the broker may delete them.
/// </summary>
internal static class PurgeQueue
{
    public static void MapPurgeQueue(this IEndpointRouteBuilder queue) => queue.MapPost("purge", HandleAsync)
        .WorksWithoutReserve()
        .WithName("PurgeQueue")
        .WithSummary("Cancels the waiting tasks of a queue")
        .WithDescription(
            "Requires the depth of the queue as a confirmation. The tasks of removed messages are Cancelled; messages that are not due yet, and messages that are being consumed, stay.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .TakesJson("""{ "count": 12 }""")
        .CommitsByHand();

    private static async Task<Results<Ok<PurgeResult>, ProblemHttpResult>> HandleAsync(
        string name, PurgeRequest? request, IQueueStore store, IQueueControl queues, HttpContext http, CancellationToken cancellationToken)
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
                $"The queue has {depth} message(s) now. Send this number as 'count' to confirm the purge.",
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

    /// <summary>Allows a difference of 10 messages or 10 %, because the depth changes between reading and purging.</summary>
    private static bool Confirms(int count, long depth) => count >= 0 && Math.Abs(depth - count) <= Math.Max(10, depth / 10);

    private static ProblemHttpResult BrokerOutOfReach() => TypedResults.Problem(
        "The broker is unavailable. Messages that were purged before stay purged. Please try again later.",
        statusCode: StatusCodes.Status503ServiceUnavailable);
}
