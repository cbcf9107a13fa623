using System.Net.ServerSentEvents;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What all streams of server-sent events have in common.</summary>
internal static class EventStreams
{
    /// <summary>
    /// The answer with the events, or why there is no slot for another stream. A stream of a session ends with it: nothing is sent after that,
    /// and the next heartbeat closes the connection.
    /// </summary>
    public static IResult Of<T>(HttpContext http, EventStreamSlots.Refusal? refusal, IAsyncEnumerable<SseItem<T>> events)
    {
        if (refusal is not null)
        {
            http.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem(refusal.Reason, statusCode: refusal.Status);
        }

        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy must not buffer events
        return TypedResults.ServerSentEvents(CallerKey.Of(http)?.SessionExpiresAt is null ? events : WhileSignedInAsync(http, events));
    }

    /// <summary>Where the caller's former stream ended; null to begin.</summary>
    public static string? LastEventId(HttpContext http) =>
        http.Request.Headers["Last-Event-ID"].LastOrDefault() is { Length: > 0 and <= 100 } id ? id : null;

    private static async IAsyncEnumerable<SseItem<T>> WhileSignedInAsync<T>(HttpContext http, IAsyncEnumerable<SseItem<T>> events)
    {
        var sessions = http.RequestServices.GetRequiredService<BrowserSessions>();
        await foreach (var item in events)
        {
            if (!await IsSignedInAsync(sessions, http))
            {
                yield break;
            }

            yield return item;
        }
    }

    private static async ValueTask<bool> IsSignedInAsync(BrowserSessions sessions, HttpContext http)
    {
        try
        {
            return await sessions.FindAsync(http) is not null;
        }
        catch (StoreUnavailableException)
        {
            return false; // nobody can say; the browser's next request has the reason
        }
    }
}
