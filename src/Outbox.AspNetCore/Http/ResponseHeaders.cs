using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Sets headers on the responses of the outbox's routes, and on errors, unless the route sets them: no caching, no content sniffing, and no scripts or framing in a
/// browser. An application's own pages, files and answers have the headers that it gives them. The address of a task, a bulk action or a schedule gets the path base of the application and the prefix of the control API, which only its request has.
/// </summary>
internal static class ResponseHeaders
{
    private static readonly Func<object, Task> AddDefaults = state =>
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        if (headers.Location is [{ } location] && http.GetEndpoint() is { } route && OutboxRoute.Is(route))
        {
            headers.Location = http.RequestServices.GetRequiredService<OutboxAddress>().Complete(location, http.Request.PathBase);
        }

        if (!IsOurs(http))
        {
            return Task.CompletedTask;
        }

        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        }

        headers.XContentTypeOptions = "nosniff";
        return Task.CompletedTask;
    };

    /// <summary>
    /// A problem is ours also on a route of the application. So is an error without a route, but for a page that the application shows for it: ours is plain text, or empty.
    /// </summary>
    private static bool IsOurs(HttpContext http) =>
        IsOf(http, "application/problem+json")
        || (http.GetEndpoint() is RouteEndpoint endpoint ? SafeHeaders.AreSetOn(endpoint)
            : http.Response.StatusCode >= StatusCodes.Status400BadRequest && (http.Response.ContentType is null || IsOf(http, "text/plain")));

    private static bool IsOf(HttpContext http, string contentType) => http.Response.ContentType?.StartsWith(contentType, StringComparison.OrdinalIgnoreCase) == true;

    public static void UseResponseHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(AddDefaults, context);
        return next(context);
    });
}
