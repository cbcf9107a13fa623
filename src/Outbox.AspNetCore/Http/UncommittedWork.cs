namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// The last net: a request that would answer with a success although it has staged what nobody committed - a route past the group, a controller,
/// a middleware - is a 500, and the log says so. An error answer drops what was staged.
/// </summary>
internal static class UncommittedWork
{
    /// <summary>Has to come after the exception handler, which makes problem details of it.</summary>
    public static void UseUncommittedWorkCheck(this WebApplication app) => app.Use(static async (http, next) =>
    {
        http.Response.OnStarting(static state => CheckAsync((HttpContext)state), http);
        await next(http);
        if (!http.Response.HasStarted)
        {
            await CheckAsync(http);
        }
    });

    private static async Task CheckAsync(HttpContext http)
    {
        var unit = http.RequestServices.GetRequiredService<IUnitOfWork>();
        if (!unit.HasUncommittedWork)
        {
            return;
        }

        if (http.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            throw new InvalidOperationException(
                $"{http.Request.Method} {Route(http)} would have answered {http.Response.StatusCode}, but what it staged was not committed. Map the route in a group that " +
                "CommitsUnitsOfWork(), or call CommitAsync of its unit of work, or DiscardAsync where nothing is to be stored.");
        }

        await unit.DiscardAsync();
    }

    /// <summary>Its pattern: a path may hold what is not for the log.</summary>
    private static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
}
