namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// A safety net for routes outside of a committing group, controllers and middleware: if a request is about to succeed but has
/// staged work that was not committed, it is answered with 500 and logged. An error response discards staged work.
/// </summary>
internal static class UncommittedWork
{
    /// <summary>Must come after the exception handler, which converts its exception to problem details.</summary>
    public static void UseUncommittedWorkCheck(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        http.Response.OnStarting(static state => CheckAsync((HttpContext)state), http);
        await next(http);
        if (!http.Response.HasStarted)
        {
            await CheckAsync(http);
        }
    });

    /// <summary>The same for a route whose handler commits, before its answer is written: an exception is then one 500 and one entry of the log.</summary>
    public static async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (!RequestOutcome.IsError(result, context.HttpContext) && context.HttpContext.RequestServices.GetRequiredService<IUnitOfWork>().HasUncommittedWork)
        {
            throw new InvalidOperationException(
                $"{context.HttpContext.Request.Method} {Route(context.HttpContext)} has CommitsByHand(), but its handler has not committed what it staged. Call CommitAsync of its unit of work, "
                + "or DiscardAsync if nothing is to be stored; or remove CommitsByHand(), and it is committed after the handler.");
        }

        return result;
    }

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
                $"{http.Request.Method} {Route(http)} would have answered {http.Response.StatusCode}, but what it staged was not committed. Map the route in the group of " +
                "MapOutboxGroup(), or call CommitAsync of its unit of work, or DiscardAsync if nothing is to be stored.");
        }

        await unit.DiscardAsync();
    }

    /// <summary>The route pattern: a path may contain data that must not be logged.</summary>
    private static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
}
