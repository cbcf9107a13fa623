using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>
/// Stops the start if a route of <see cref="OutboxApiExtensions.MapOutboxGroup"/> requires no key and has no limit for callers
/// without one: such a route lets anybody store as much as they like.
/// </summary>
internal sealed class OpenRoutes : IStartupFilter
{
    /// <summary>A convention for route groups: the routes are checked.</summary>
    public static void Mark(EndpointBuilder endpoint) => endpoint.Metadata.Add(Checked.Instance);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app); // maps the routes
        var open = app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.Where(IsOpen).Select(NameOf).ToList();
        if (open.Count > 0)
        {
            throw new OutboxConfigurationException(
                $"{string.Join(", ", open)}: a route of MapOutboxGroup() needs .RequireRead() or .RequireOperate(), which require an access key, "
                + "or .LimitsAnonymous(RateLimitPolicies.Accounts), which limits callers without one.");
        }
    };

    private static bool IsOpen(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<Checked>() is not null
        && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
        && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null
        && endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null;

    private static string NameOf(Endpoint endpoint) =>
        $"{string.Join('/', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {(endpoint as RouteEndpoint)?.RoutePattern.RawText}".Trim();

    private sealed class Checked
    {
        public static readonly Checked Instance = new();
    }
}
