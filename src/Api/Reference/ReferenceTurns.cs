using System.Threading.RateLimiting;

namespace Messaging.Api.Reference;

/// <summary>
/// Limits the concurrent responses. The page's script has 5 MB and the document 200 KB, and each response in progress takes up to
/// a hundred kilobytes of memory, also while its caller reads nothing.
/// </summary>
/// <param name="max">The maximum number of concurrent responses.</param>
internal sealed class ReferenceTurns(int max) : IEndpointFilter
{
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions { PermitLimit = max });

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var response = context.HttpContext.Response;
        var turn = _turns.AttemptAcquire();
        response.RegisterForDispose(turn);
        if (turn.IsAcquired)
        {
            return next(context);
        }

        response.Headers.RetryAfter = "10";
        return ValueTask.FromResult<object?>(
            TypedResults.Problem("Too many concurrent requests. Please try again later.", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
