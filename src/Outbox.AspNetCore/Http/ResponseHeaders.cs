namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Sets headers on every response unless its route sets them: no caching, no content sniffing, and no scripts or framing in a
/// browser. The address of a task, a bulk action or a schedule gets the path base of the application, which only its request has.
/// </summary>
internal static class ResponseHeaders
{
    private static readonly string[] Own = ["/tasks/", "/bulk-actions/", "/schedules/"];

    private static readonly Func<object, Task> AddDefaults = state =>
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        if (http.Request.PathBase.HasValue && headers.Location is [{ } location] && Own.Any(path => location.StartsWith(path, StringComparison.Ordinal)))
        {
            headers.Location = http.Request.PathBase.ToUriComponent() + location;
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

    public static void UseResponseHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(AddDefaults, context);
        return next(context);
    });
}
