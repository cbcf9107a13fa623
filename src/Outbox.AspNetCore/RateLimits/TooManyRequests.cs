using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore;

/// <summary>A 429 answer with <c>Retry-After</c>.</summary>
public static class TooManyRequests
{
    public static ProblemHttpResult Of(HttpContext http, RateLimitLease lease, string reason)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        return TypedResults.Problem($"{reason} Try again in {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests);
    }
}
