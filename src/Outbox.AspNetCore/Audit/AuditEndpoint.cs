using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary><c>GET /audit</c>: who did what, newest first, a page at a time.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", HandleAsync)
        .WithName("Audit")
        .WithTags("Audit")
        .WithSummary("Who did what")
        .WithDescription(
            "Newest first. 'limit' is the size of a page, 1 to 200, 50 by default; 'before' is the 'next' of the page before. "
            + "'who', 'action' and 'target' each ask for one alone.")
        .RequireRead()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<AuditPage>, ValidationProblem>> HandleAsync(
        [AsParameters] AuditQuery query, IAuditLog log, CancellationToken cancellationToken)
    {
        if (query.Errors() is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        // One more than the page: whether there is another page is then known.
        var limit = query.Limit ?? AuditQuery.DefaultLimit;
        var found = await log.ReadAsync(
            new AuditFilter { Who = query.Who, Action = query.Action, Target = query.Target, Before = query.Before, Limit = limit + 1 },
            cancellationToken);
        var items = found.Take(limit).ToList();
        return TypedResults.Ok(new AuditPage(items, found.Count > limit ? items[^1].Id : null));
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Items">The entries, newest first.</param>
/// <param name="Next">The <c>before</c> of the next page; null when this is the last one.</param>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Items, Guid? Next);
