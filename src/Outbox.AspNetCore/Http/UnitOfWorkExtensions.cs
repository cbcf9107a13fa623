using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Determines who commits the staged work of a route.</summary>
public static class UnitOfWorkExtensions
{
    /// <summary>
    /// Commits the staged work of all routes of the group, after all their filters; a POST may have an <c>Idempotency-Key</c>.
    /// <see cref="UncommittedWork"/> detects staged work outside of the group.
    /// </summary>
    public static RouteGroupBuilder CommitsUnitsOfWork(this RouteGroupBuilder group) => group
        .AddEndpointFilter((context, next) => OwnCommit.Of(context.HttpContext.GetEndpoint()) is null ? UnitOfWorkFilter.InvokeAsync(context, next) : next(context))
        .DescribesIdempotencyKey();

    /// <summary>
    /// Commits at this place, for a route with filters that need to know whether the commit failed; add those filters before.
    /// </summary>
    public static TBuilder CommitsUnitOfWork<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.InFilter).AddEndpointFilter(UnitOfWorkFilter.InvokeAsync).DescribesIdempotencyKey();

    /// <summary>The handler commits, because it continues after the commit; an <c>Idempotency-Key</c> is not supported.</summary>
    public static TBuilder CommitsByHand<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(OwnCommit.ByHand);
}
