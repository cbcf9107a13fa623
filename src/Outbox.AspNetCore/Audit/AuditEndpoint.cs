using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary><c>GET /audit</c>: the audit log, newest first, in pages; <c>GET /audit/{id}</c>: one entry as a whole.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/audit").WithTags("Audit").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        audit.MapGet("", HandleAsync)
            .WithName("Audit")
            .WithSummary("The audit log")
            .WithDescription(
                """
                Newest first. A page searches a bounded number of entries: it may hold fewer than asked for, also none; go on with 'after' as long as 'next' is not null. An entry about many has a list of what was changed: its 'details' have the first ten here, and 'leftOut' counts the others. /audit/{id} has all of them.
                """)
            .ProducesValidationProblem();
        audit.MapGet("/{id:guid}", FindAsync)
            .WithName("GetAuditEntry")
            .WithSummary("An entry of the audit log, with all its details")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<AuditEntry>, ProblemHttpResult>> FindAsync(Guid id, IAuditLog log, CancellationToken cancellationToken) =>
        await log.FindAsync(id, cancellationToken) is { } entry
            ? TypedResults.Ok(entry)
            : TypedResults.Problem($"There is no entry {id}, or its retention has expired.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<Page<AuditEntry>>> HandleAsync(
        [AsParameters] AuditQuery query, IAuditLog log, CancellationToken cancellationToken)
    {
        var page = await log.PageAsync(
            new AuditFilter
            {
                Who = query.Who,
                Action = query.Action,
                Target = query.Target,
                AtFrom = query.From?.Value,
                AtBefore = query.Before?.Value,
                Before = query.After,
                Limit = query.Size(),
            },
            cancellationToken);
        return TypedResults.Ok(page with { Items = [.. page.Items.Select(entry => entry with { Details = ShortDetails.Of(entry.Details) })] });
    }
}
