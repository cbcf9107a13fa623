using Messaging.Outbox.AspNetCore.RateLimits;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Limits the requests of a route.</summary>
public static class RateLimitsExtensions
{
    /// <summary>
    /// Sets the rate limiting policy (<see cref="RateLimitPolicies"/>) of a route that needs no key. Every such route must have
    /// one.
    /// </summary>
    public static TBuilder LimitsAnonymous<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireRateLimiting(policy).ProducesProblem(StatusCodes.Status429TooManyRequests);

    /// <summary>The same for a route that is limited by address also for a caller with a key, because each request costs as much with one.</summary>
    internal static TBuilder LimitsEverybody<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route.LimitsAnonymous(policy).WithMetadata(KeysLimitedToo.Instance);

    /// <summary>
    /// Limits the responses that a route sends at the same time, for large ones: each takes memory for as long as its caller does
    /// not read it. Further requests are answered with 503 and <c>Retry-After</c>.
    /// </summary>
    /// <param name="route">The route, or a group whose routes share the limit.</param>
    /// <param name="max">The maximum number of concurrent responses.</param>
    public static TBuilder LimitsConcurrency<TBuilder>(this TBuilder route, int max)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddEndpointFilter(new ConcurrencyFilter(max));
}
