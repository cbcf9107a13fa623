using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Commits the staged work of an endpoint - its SQL, its tasks, and work that other filters added - in one transaction, after the
/// handler has returned a success and before the response is sent. An error response or an exception commits nothing. A request
/// with an <c>Idempotency-Key</c> is committed together with its response (<see cref="IdempotentCommit"/>).
/// </summary>
internal static class UnitOfWorkFilter
{
    public static async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var services = context.HttpContext.RequestServices;
        services.GetRequiredService<IUnitOfWork>().MaxBytes = services.GetRequiredService<IOptions<ApiOptions>>().Value.MaxStoredBytes;
        if (IdempotencyKey.IsIn(context.HttpContext.Request))
        {
            return await IdempotentCommit.RunAsync(context, next);
        }

        var result = await next(context);
        if (!RequestOutcome.IsError(result, context.HttpContext))
        {
            await context.HttpContext.RequestServices.GetRequiredService<IUnitOfWork>().CommitAsync(context.HttpContext.RequestAborted);
        }

        return result;
    }
}

/// <summary>Metadata of a route for which the group does not commit.</summary>
internal sealed class OwnCommit
{
    private OwnCommit()
    {
    }

    /// <summary>A filter of the route commits.</summary>
    public static OwnCommit InFilter { get; } = new();

    /// <summary>Its handler commits.</summary>
    public static OwnCommit ByHand { get; } = new();

    public bool IsByHand => ReferenceEquals(this, ByHand);

    public static OwnCommit? Of(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<OwnCommit>();
}
