using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.Dashboard.Settings;

/// <summary><c>GET /dashboard/settings</c>: what the pages have to know of the service that they are in.</summary>
internal static class SettingsEndpoint
{
    private const string AnyRoute = "ListTasks", ItsPath = "/tasks";

    public static void MapSettings(this IEndpointRouteBuilder routes, DashboardOptions options) =>
        routes.MapGet("/settings", (HttpContext http, LinkGenerator links, ServiceIdentity service) => Handle(http, links, service, options))
            .WithName("GetDashboardSettings")
            .WithTags(DashboardTag.Name)
            .WithSummary("Where the control API is, and what the dashboard links to")
            .WithDescription("A caller without a key gets only where the control API is.")
            .LimitsAnonymous(RateLimitPolicies.Reads);

    private static Ok<SettingsView> Handle(HttpContext http, LinkGenerator links, ServiceIdentity service, DashboardOptions options)
    {
        var tasks = links.GetPathByName(http, AnyRoute, values: null);
        var api = tasks?.EndsWith(ItsPath, StringComparison.Ordinal) == true ? tasks[..^ItsPath.Length] : http.Request.PathBase.ToUriComponent();
        return TypedResults.Ok(http.HasKey() ? new SettingsView(api, options.TraceUrl, service.Version) : new SettingsView(api, TraceUrl: null, Version: null));
    }

    /// <summary>The settings of the dashboard.</summary>
    /// <param name="Api">What precedes the paths of the control API: the path base and the prefix, without a slash at the end; empty for none.</param>
    /// <param name="TraceUrl">The address of a trace, with <c>{traceId}</c> in it; null for none.</param>
    /// <param name="Version">The version of the service.</param>
    private sealed record SettingsView(string Api, string? TraceUrl, string? Version);
}
