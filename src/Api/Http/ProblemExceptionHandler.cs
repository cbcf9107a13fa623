using Messaging.Outbox;
using Microsoft.AspNetCore.Diagnostics;

namespace Messaging.Api.Http;

/// <summary>Turns what a route throws into problem details; what it does not know stays a 500 without details.</summary>
internal sealed class ProblemExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            StoreUnavailableException => (
                StatusCodes.Status503ServiceUnavailable, "The database does not answer at the moment. Please try again."),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            OperationCanceledException when context.RequestAborted.IsCancellationRequested => (
                StatusCodes.Status499ClientClosedRequest, "The client went away."),
            _ => (0, string.Empty),
        };
        if (status == 0)
        {
            return false;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = status, Detail = detail },
        });
    }
}
