using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.RateLimits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>
/// Stops the start if a route of <see cref="OutboxApiExtensions.MapOutboxGroup"/> requires no key and has no limit for callers
/// without one: such a route lets anybody store as much as they like.
/// </summary>
internal sealed class OpenRoutes : IStartupFilter
{
    /// <summary>A convention for route groups: the routes are checked.</summary>
    public static void Mark(EndpointBuilder endpoint) => endpoint.Metadata.Add(OutboxRoute.Instance);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app); // maps the routes
        var services = app.ApplicationServices;
        var (isClosed, isLimited) = (HasFallback(services), HasOwnLimit(services));
        var open = services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => OutboxRoute.Is(e) && !IsClosed(e, isClosed) && !IsLimited(e, isLimited))
            .Select(NameOf).ToList();
        if (open.Count > 0)
        {
            throw new OutboxConfigurationException(
                $"{string.Join(", ", open)}: a route of MapOutboxGroup() needs .RequireRead() or .RequireOperate(), which require an access key, "
                + "or .LimitsAnonymous(RateLimitPolicies.Accounts), which limits callers without one. .AllowAnonymous() and .DisableRateLimiting() switch these off.");
        }
    };

    private static bool HasFallback(IServiceProvider services) => services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.FallbackPolicy is not null;

    private static bool HasOwnLimit(IServiceProvider services)
    {
        _ = services.GetRequiredService<IOptions<RateLimiterOptions>>().Value; // configures the limiter
        return services.GetRequiredService<CallerLimiter>().IsNotAlone;
    }

    private static bool IsClosed(Endpoint endpoint, bool byFallback) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (byFallback || endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null);

    private static bool IsLimited(Endpoint endpoint, bool byGlobalLimiter) =>
        endpoint.Metadata.GetMetadata<DisableRateLimitingAttribute>() is null
        && (byGlobalLimiter || endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null);

    public static string NameOf(Endpoint endpoint) =>
        $"{string.Join('/', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {(endpoint as RouteEndpoint)?.RoutePattern.RawText}".Trim();
}
