using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Sets where the staged work of a route is committed.</summary>
public static class UnitOfWorkExtensions
{
    /// <summary>
    /// Commits the staged work of all routes of the group, after all their filters; a POST may have an <c>Idempotency-Key</c>.
    /// <see cref="UncommittedWork"/> detects staged work outside of the group.
    /// </summary>
    public static RouteGroupBuilder CommitsUnitsOfWork(this RouteGroupBuilder group) => group
        .AddEndpointFilter((context, next) => OwnCommit.Of(context.HttpContext.GetEndpoint()) switch
        {
            null => UnitOfWorkFilter.InvokeAsync(context, next),
            { IsByHand: true } => UncommittedWork.InvokeAsync(context, next),
            _ => next(context),
        })
        .WithMetadata(KeyedRoute.Instance)
        .DescribesIdempotencyKey();

    /// <summary>
    /// Commits in a filter of the route and not of its group. Filters that are added before run outside of the commit and see its
    /// exception.
    /// </summary>
    public static TBuilder CommitsUnitOfWork<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.InFilter, KeyedRoute.Instance).AddEndpointFilter(UnitOfWorkFilter.InvokeAsync).DescribesIdempotencyKey();

    /// <summary>The handler commits, because it continues after the commit; an <c>Idempotency-Key</c> is not supported.</summary>
    public static TBuilder CommitsByHand<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.ByHand);
}
