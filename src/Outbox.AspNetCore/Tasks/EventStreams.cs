using System.Net.ServerSentEvents;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What all streams of server-sent events have in common.</summary>
internal static class EventStreams
{
    /// <summary>The answer with the events, or why there is no slot for another stream.</summary>
    public static IResult Of<T>(HttpContext http, EventStreamSlots.Refusal? refusal, IAsyncEnumerable<SseItem<T>> events)
    {
        if (refusal is not null)
        {
            http.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem(refusal.Reason, statusCode: refusal.Status);
        }

        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy must not buffer events
        return TypedResults.ServerSentEvents(events);
    }

    /// <summary>Where the caller's former stream ended; null to begin.</summary>
    public static string? LastEventId(HttpContext http) =>
        http.Request.Headers["Last-Event-ID"].LastOrDefault() is { Length: > 0 and <= 100 } id ? id : null;
}
