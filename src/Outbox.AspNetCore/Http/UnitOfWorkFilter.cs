using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Commits what an endpoint has staged - its SQL, its tasks, what other filters added - in one transaction, after the handler
/// has returned a success and before the answer is sent. An error answer, or an exception, commits nothing. A request with an
/// <c>Idempotency-Key</c> is committed together with its answer (<see cref="IdempotentCommit"/>).
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
        if (!IsError(result, context.HttpContext))
        {
            await context.HttpContext.RequestServices.GetRequiredService<IUnitOfWork>().CommitAsync(context.HttpContext.RequestAborted);
        }

        return result;
    }

    /// <summary>What a handler returns, or has written by itself.</summary>
    public static bool IsError(object? result, HttpContext http) => result switch
    {
        INestedHttpResult nested => IsError(nested.Result, http),
        IStatusCodeHttpResult { StatusCode: { } status } => status >= StatusCodes.Status400BadRequest,
        _ => http.Response.StatusCode >= StatusCodes.Status400BadRequest,
    };
}

/// <summary>Metadata of a route that does not leave its commit to the group.</summary>
internal sealed class OwnCommit
{
    private OwnCommit()
    {
    }

    /// <summary>A filter of the route commits.</summary>
    public static OwnCommit InFilter { get; } = new();

    /// <summary>Its handler commits.</summary>
    public static OwnCommit ByHand { get; } = new();

    public static OwnCommit? Of(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<OwnCommit>();
}

internal static class UnitOfWorkFilterExtensions
{
    /// <summary>
    /// All routes of the group commit what their handlers stage, after all their filters, and a POST may have an <c>Idempotency-Key</c>. There is
    /// nothing to be forgotten; what comes past the group is caught by <see cref="UncommittedWork"/>.
    /// </summary>
    public static RouteGroupBuilder CommitsUnitsOfWork(this RouteGroupBuilder group) => group
        .AddEndpointFilter((context, next) => OwnCommit.Of(context.HttpContext.GetEndpoint()) is null ? UnitOfWorkFilter.InvokeAsync(context, next) : next(context))
        .DescribesIdempotencyKey();

    /// <summary>Commits here, for a route with filters that are to see whether the commit failed; they are named before this.</summary>
    public static TBuilder CommitsUnitOfWork<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.InFilter).AddEndpointFilter(UnitOfWorkFilter.InvokeAsync).DescribesIdempotencyKey();

    /// <summary>The handler commits, because something is to follow its commit; an <c>Idempotency-Key</c> is not for it.</summary>
    public static TBuilder CommitsByHand<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.ByHand);
}
