using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary><c>GET /audit</c>: who did what, newest first, a page at a time.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", HandleAsync)
        .WithName("Audit")
        .WithTags("Audit")
        .WithSummary("Who did what")
        .WithDescription("Newest first.")
        .ProducesValidationProblem()
        .RequireRead()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<Page<AuditEntry>>> HandleAsync(
        [AsParameters] AuditQuery query, IAuditLog log, CancellationToken cancellationToken)
    {
        // One more than the page: whether there is another page is then known.
        var found = await log.ReadAsync(
            new AuditFilter { Who = query.Who, Action = query.Action, Target = query.Target, Before = query.After, Limit = query.Size() + 1 },
            cancellationToken);
        var items = found.Take(query.Size()).ToList();
        return TypedResults.Ok(new Page<AuditEntry>(items, found.Count > items.Count ? items[^1].Id : null));
    }
}
