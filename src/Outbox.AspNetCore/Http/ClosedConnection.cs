using Microsoft.AspNetCore.Connections;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Ends a request whose client has closed its connection, without an error and without a log line. ASP.NET Core's exception handler
/// does so only once <see cref="HttpContext.RequestAborted"/> is cancelled. Kestrel cancels it on another thread, so a read that
/// finds the connection reset may throw earlier, and would count as an error of the service.
/// </summary>
internal static class ClosedConnection
{
    /// <summary>Must come after the exception handler, and before everything that reads a body or writes a response.</summary>
    public static void UseClosedConnections(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (Exception exception) when (Caused(exception))
        {
            http.Abort(); // nobody reads a response, and Kestrel would try to drain the body
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
    });

    /// <summary>Whether the exception, or one within it, is Kestrel's report of a closed connection.</summary>
    public static bool Caused(Exception? exception)
    {
        while (exception is not (null or ConnectionResetException or ConnectionAbortedException))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }
}
