using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>
/// The limiter of each caller, which is global. One that the application has set limits as well. Each counts a request once, also if the application's pipeline has the middleware too;
/// the caller's counts in that of <see cref="OutboxApiExtensions.UseOutboxApi"/>, which comes after the caller's key is known.
/// </summary>
internal sealed class CallerLimiter(PartitionedRateLimiter<HttpContext> own)
{
    private PartitionedRateLimiter<HttpContext>? _theirs;

    /// <summary>Whether the application has a global limiter of its own.</summary>
    public bool IsNotAlone => _theirs is not null;

    /// <summary>Marks the request for the middleware that follows.</summary>
    public static void CountHere(HttpContext http) => http.Features.Set(Here.Instance);

    /// <summary>Whether the middleware of <see cref="OutboxApiExtensions.UseOutboxApi"/> is next.</summary>
    public static bool CountsHere(HttpContext http) => http.Features.Get<Here>() is not null;

    public void AddTo(RateLimiterOptions options)
    {
        _theirs = options.GlobalLimiter;
        var counted = new OncePerRequest(own, CountsHere);
        options.GlobalLimiter = _theirs is null ? counted : PartitionedRateLimiter.CreateChained(new OncePerRequest(_theirs), counted);
    }

    private sealed class Here
    {
        public static readonly Here Instance = new();
    }
}
