using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore.Tasks;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Overview;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Overview;

/// <summary><c>/overview</c>: what is going on, how it went, and both live.</summary>
internal static class OverviewEndpoints
{
    public static void AddOverview(this IServiceCollection services)
    {
        services.AddSingleton<OverviewFeed>();
        services.AddSingleton<ISharedReadings>(provider => provider.GetRequiredService<OverviewFeed>());
        services.AddSingleton<SharedAnswers>();
        services.AddSingleton<ISharedReadings>(provider => provider.GetRequiredService<SharedAnswers>());
    }

    public static void MapOverview(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/overview").WithTags("Overview").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapGet("", ReadAsync)
            .WithName("Overview")
            .WithSummary("What is going on, and what needs attention")
            .WithDescription("All callers of a process share one reading, which is a second old at most; ten seconds where reading takes long.");
        read.MapGet("history", HistoryAsync)
            .WithName("OverviewHistory")
            .WithSummary("What happened in the last hour, day or week, in equal steps")
            .WithDescription("Steps in which nothing happened are zeros. Percentiles and depth are null where nothing was measured. Kept for eight days.")
            .ProducesValidationProblem();
        read.MapGet("events", Follow)
            .WithName("FollowOverview")
            .WithSummary("Follows the overview")
            .WithDescription(
                "Server-sent events. 'overview' contains the overview, at first and then when it has changed, at most once a second; 'ping' keeps the connection alive; "
                + "'lagged' means that the caller was too slow and some were skipped; 'unavailable' means that the database does not answer: the stream goes on when it does. "
                + "With the header Last-Event-ID the first one is sent only if it has changed since.")
            .Produces<OverviewView>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static async Task<Ok<OverviewView>> ReadAsync(OverviewFeed feed, CancellationToken cancellationToken) =>
        TypedResults.Ok((await feed.Shared.GetAsync(cancellationToken)).View);

    private static async Task<Ok<HistoryView>> HistoryAsync([AsParameters] HistoryQuery query, OverviewFeed feed, CancellationToken cancellationToken) =>
        TypedResults.Ok(await feed.ChartAsync(query.Window?.Value ?? HistoryWindow.Hour, query.Queue, cancellationToken));

    private static IResult Follow(HttpContext http, OverviewFeed feed, EventStreamSlots slots) =>
        EventStreams.Of(http, slots.Take(http, task: null), ItemsAsync(feed, EventStreams.LastEventId(http), http.SeesAddresses(), http.RequestAborted));

    private static async IAsyncEnumerable<SseItem<string>> ItemsAsync(
        OverviewFeed feed, string? last, bool seesAddresses, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in feed.Shared.FollowAsync(last, cancellationToken))
        {
            var (type, data) = change.Type switch
            {
                SharedEventType.Changed => ("overview", seesAddresses ? change.Value!.Json : change.Value!.Redacted),
                SharedEventType.Lagged => ("lagged", "null"),
                SharedEventType.Unavailable => ("unavailable", """{"message":"The database does not answer. The stream goes on when it does."}"""),
                _ => ("ping", "null"),
            };
            yield return new SseItem<string>(data, type) { EventId = change.Version };
        }
    }
}
