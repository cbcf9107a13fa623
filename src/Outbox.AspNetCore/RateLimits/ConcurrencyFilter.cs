using System.Threading.RateLimiting;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>Limits the concurrent responses of a route; requests above the limit are answered with 503 and <c>Retry-After</c>.</summary>
/// <param name="max">The maximum number of concurrent responses.</param>
internal sealed class ConcurrencyFilter(int max) : IEndpointFilter
{
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions { PermitLimit = max });

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var response = context.HttpContext.Response;
        var turn = _turns.AttemptAcquire();
        response.RegisterForDispose(turn); // until the response is sent
        if (turn.IsAcquired)
        {
            return next(context);
        }

        response.Headers.RetryAfter = "10";
        return ValueTask.FromResult<object?>(
            TypedResults.Problem("Too many concurrent requests. Please try again later.", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
