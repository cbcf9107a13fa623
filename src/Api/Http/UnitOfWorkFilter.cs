using Messaging.Outbox;

namespace Messaging.Api.Http;

/// <summary>
/// Commits what an endpoint has staged - its SQL, its tasks, what other filters added - in one transaction, after the handler
/// has returned a success and before the answer is sent. An error answer, or an exception, commits nothing. A request with an
/// <c>Idempotency-Key</c> is committed together with its answer (<see cref="IdempotentCommit"/>).
/// </summary>
internal sealed class UnitOfWorkFilter(IUnitOfWork unit) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (IdempotencyKey.IsIn(context.HttpContext.Request))
        {
            return await IdempotentCommit.RunAsync(context, next);
        }

        var result = await next(context);
        if (!IsError(result))
        {
            await unit.CommitAsync(context.HttpContext.RequestAborted);
        }

        return result;
    }

    public static bool IsError(object? result) => result switch
    {
        INestedHttpResult nested => IsError(nested.Result),
        IStatusCodeHttpResult { StatusCode: >= 400 } => true,
        _ => false,
    };
}

internal static class UnitOfWorkFilterExtensions
{
    /// <summary>The handler stages, this commits. A POST may then have an <c>Idempotency-Key</c>.</summary>
    public static TBuilder CommitsUnitOfWork<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddEndpointFilter<TBuilder, UnitOfWorkFilter>().DescribesIdempotencyKey();
}
