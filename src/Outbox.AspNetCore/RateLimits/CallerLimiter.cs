using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>The limiter of each caller, which is global. One that the application has set before limits as well.</summary>
internal sealed class CallerLimiter(PartitionedRateLimiter<HttpContext> own)
{
    public void AddTo(RateLimiterOptions options) =>
        options.GlobalLimiter = options.GlobalLimiter is { } theirs ? PartitionedRateLimiter.CreateChained(theirs, own) : own;

    /// <summary>Whether the application has a global limiter of its own.</summary>
    public bool IsNotAlone(RateLimiterOptions options) => options.GlobalLimiter is { } used && used != own;
}
