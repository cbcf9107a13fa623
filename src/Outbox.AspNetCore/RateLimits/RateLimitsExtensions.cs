namespace Messaging.Outbox.AspNetCore.RateLimits;

internal static class RateLimitsExtensions
{
    /// <summary>The route needs no key, and is limited as one of these (<see cref="RateLimitPolicies"/>). Each such route has to be.</summary>
    public static TBuilder LimitsAnonymous<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireRateLimiting(policy).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
