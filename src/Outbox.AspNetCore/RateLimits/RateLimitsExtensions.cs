namespace Messaging.Outbox.AspNetCore;

public static class RateLimitsExtensions
{
    /// <summary>
    /// Sets the rate limiting policy (<see cref="RateLimitPolicies"/>) of a route that needs no key. Every such route must have
    /// one.
    /// </summary>
    public static TBuilder LimitsAnonymous<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireRateLimiting(policy).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
