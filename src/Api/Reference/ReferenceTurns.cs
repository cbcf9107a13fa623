using System.Threading.RateLimiting;

namespace Messaging.Api.Reference;

/// <summary>
/// The page's script has 5 MB, the document 200 KB, and each answer that is in flight takes up to a hundred kilobytes of memory, also while its caller
/// reads nothing: only so many are given at once.
/// </summary>
/// <param name="max">How many.</param>
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
            TypedResults.Problem("Too many read this at the moment. Please try again.", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
