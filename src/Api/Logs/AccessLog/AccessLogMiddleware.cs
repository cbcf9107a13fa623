using System.Collections.Frozen;
using System.Diagnostics;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox;
using Messaging.Outbox.Dashboard;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// Logs each request. It runs outside all other middleware, including the exception handler, so that it sees the status that the
/// client receives. An event stream is logged when it ends; health checks and the files of the dashboard are not logged.
/// </summary>
internal sealed class AccessLogMiddleware(
    RequestDelegate next, AccessLogQueue queue, IOptions<AccessLogOptions> options, IOptions<DashboardOptions> dashboard, StoreClock time)
{
    public const string NoRoute = "(none)", OtherMethod = "_OTHER";

    // The known methods: a client can send any word as a method.
    private static readonly FrozenSet<string> Methods = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private readonly bool _includeAddress = options.Value.IncludeAddress;
    private readonly PathString _dashboard = dashboard.Value.Path;

    public Task InvokeAsync(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || IsFileOfDashboard(http.Request) ? next(http) : LoggedAsync(http);

    /// <summary>Who looks must not fill the queue that they look at. Signing in and out is logged.</summary>
    private bool IsFileOfDashboard(HttpRequest request) =>
        request.Path.StartsWithSegments(_dashboard, StringComparison.OrdinalIgnoreCase, out var rest) && !rest.StartsWithSegments("/session", StringComparison.OrdinalIgnoreCase);

    private async Task LoggedAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint(); // before the exception handler clears it
        var start = time.GetTimestamp();
        var threw = true;
        try
        {
            await next(http);
            threw = false;
        }
        finally
        {
            if (queue.ShouldLog())
            {
                // An unhandled exception becomes a 500, unless the response has started.
                var status = threw && !http.Response.HasStarted ? StatusCodes.Status500InternalServerError : http.Response.StatusCode;
                queue.Add(Entry(http, endpoint, status, time.GetElapsedTime(start)));
            }
        }
    }

    private AccessLogEntry Entry(HttpContext http, Endpoint? endpoint, int status, TimeSpan duration) => new(
        time.GetUtcNow(),
        Methods.TryGetValue(http.Request.Method, out var method) ? method : OtherMethod,
        (endpoint as RouteEndpoint)?.RoutePattern.RawText is { } route ? TemplateOf(route) : NoRoute,
        status,
        duration,
        http.HasKey() ? http.Who() : null,
        Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
        _includeAddress ? http.Connection.RemoteIpAddress?.ToString() : null);

    /// <summary>The root route of a group ends with a slash that is not in the source.</summary>
    private static string TemplateOf(string route) => route.Length > 1 ? route.TrimEnd('/') : route;
}
