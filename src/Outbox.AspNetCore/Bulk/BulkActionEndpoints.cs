using Messaging.Outbox.Bulk;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Bulk;

/// <summary><c>/bulk-actions</c>: follows and stops actions on more than one transaction takes.</summary>
internal static class BulkActionEndpoints
{
    public static void MapBulkActions(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/bulk-actions").WithTags("Bulk actions").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapGet("", ListAsync).ProducesValidationProblem().WithName("ListBulkActions").WithSummary("Bulk actions, newest first, with their progress");
        read.MapGet("/{id:guid}", FindAsync).WithName("GetBulkAction").WithSummary("A bulk action, with its progress")
            .ProducesProblem(StatusCodes.Status404NotFound);

        routes.MapGroup("/bulk-actions/{id:guid}").WithTags("Bulk actions").RequireOperate().MapPost("/stop", StopAsync)
            .WithName("StopBulkAction")
            .WithSummary("Stops a bulk action")
            .WithDescription("What it has done stays done; nothing more is done after the answer. Idempotent.")
            .WorksWithoutReserve()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<Page<BulkAction>>> ListAsync([AsParameters] PageById page, BulkActions actions, CancellationToken cancellationToken) =>
        TypedResults.Ok(await actions.ListAsync(page.After, page.Size(), cancellationToken));

    private static async Task<Results<Ok<BulkAction>, ProblemHttpResult>> FindAsync(Guid id, BulkActions actions, CancellationToken cancellationToken) =>
        await actions.FindAsync(id, cancellationToken) is { } action ? TypedResults.Ok(action) : NotFound(id);

    private static async Task<Results<Ok<BulkAction>, ProblemHttpResult>> StopAsync(
        Guid id, BulkActions actions, HttpContext http, CancellationToken cancellationToken) =>
        await actions.StopAsync(id, http.Who(), cancellationToken) switch
        {
            null => NotFound(id),
            { State: BulkActionState.Stopped } stopped => TypedResults.Ok(stopped),
            var ended => TypedResults.Problem($"The bulk action is already {ended.State}.", statusCode: StatusCodes.Status409Conflict),
        };

    private static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no bulk action {id}, or its retention has expired.", statusCode: StatusCodes.Status404NotFound);
}
