using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Who commits what a route has staged.</summary>
public static class UnitOfWorkExtensions
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
