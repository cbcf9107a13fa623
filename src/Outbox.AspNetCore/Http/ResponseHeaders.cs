namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Sets headers on every response unless its route sets them: no caching, no content sniffing, and no scripts or framing in a
/// browser.
/// </summary>
internal static class ResponseHeaders
{
    private static readonly Func<object, Task> AddDefaults = state =>
    {
        var headers = ((HttpContext)state).Response.Headers;
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
