using Messaging.Outbox;

namespace Messaging.Api.Http;

/// <summary>
/// Commits what an endpoint has staged - its SQL, its tasks, what other filters added - in one transaction, after the handler
/// has returned a success and before the answer is sent. An error answer, or an exception, commits nothing.
/// </summary>
internal sealed class UnitOfWorkFilter(IUnitOfWork unit) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (Unwrap(result) is not IStatusCodeHttpResult { StatusCode: >= 400 })
        {
            await unit.CommitAsync(context.HttpContext.RequestAborted);
        }

        return result;
    }

    private static object? Unwrap(object? result) => result is INestedHttpResult nested ? Unwrap(nested.Result) : result;
}

internal static class UnitOfWorkFilterExtensions
{
    /// <summary>The handler stages, this commits.</summary>
    public static TBuilder CommitsUnitOfWork<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddEndpointFilter<TBuilder, UnitOfWorkFilter>();
}
