using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary><c>GET /audit</c>: the audit log, newest first, in pages.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", HandleAsync)
        .WithName("Audit")
        .WithTags("Audit")
        .WithSummary("The audit log")
        .WithDescription("Newest first.")
        .ProducesValidationProblem()
        .RequireRead()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<Page<AuditEntry>>> HandleAsync(
        [AsParameters] AuditQuery query, IAuditLog log, CancellationToken cancellationToken)
    {
        // Reads one more than the page to know whether another page follows.
        var found = await log.ReadAsync(
            new AuditFilter
            {
                Who = query.Who,
                Action = query.Action,
                Target = query.Target,
                AtFrom = query.From?.Value,
                AtBefore = query.Before?.Value,
                Before = query.After,
                Limit = query.Size() + 1,
            },
            cancellationToken);
        var items = found.Take(query.Size()).ToList();
        return TypedResults.Ok(new Page<AuditEntry>(items, found.Count > items.Count ? items[^1].Id : null));
    }
}
