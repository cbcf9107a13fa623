using System.Threading.RateLimiting;

namespace Messaging.Api.Reference;

/// <summary>
/// The page's script has 5 MB, and each answer that is under way has a hundred kilobytes of memory, also while its caller reads nothing: only so many
/// are given at once.
/// </summary>
internal sealed class ReferenceTurns : IEndpointFilter
{
    private const int Max = 20;

    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions { PermitLimit = Max });

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
            TypedResults.Problem("Too many read this page at the moment. Please try again.", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
