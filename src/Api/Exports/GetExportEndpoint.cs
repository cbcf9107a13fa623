using Messaging.Outbox.AspNetCore.Masking;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Exports;

/// <summary><c>GET /exports/{id}</c>: how far it is, and the link when it is done.</summary>
internal static class GetExportEndpoint
{
    public static void MapGetExport(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("GetExport")
        .WithSummary("An export, with a link to its file when it is finished")
        .WithDescription("The link needs no key and expires; each answer has a new one, to a key that may operate: the file has what was logged as it was, addresses too.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<ExportView>, ProblemHttpResult>> HandleAsync(
        Guid id, IStoreReader store, ITaskStore tasks, DownloadLinks links, HttpContext http, CancellationToken cancellationToken)
    {
        var task = await tasks.FindAsync(id, cancellationToken); // first: one that has succeeded by then has its link
        if (await ExportRecord.FindAsync(store, id, cancellationToken) is not { } export)
        {
            return ExportProblems.NotFound(id);
        }

        return TypedResults.Ok(new ExportView(
            id,
            task?.State,
            task?.Progress,
            export.Entries,
            export.Bytes,
            export.CreatedAt,
            export.FinishedAt,
            export.FinishedAt is null || !http.SeesAddresses() ? null : links.To(id)));
    }
}

/// <summary>An export.</summary>
/// <param name="Id">Its id, and its task's.</param>
/// <param name="State">The task's state; null when that is past its retention.</param>
/// <param name="Progress">0 to 100, by the time of the entries.</param>
/// <param name="Entries">Entries written so far.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="CreatedAt">When it was requested.</param>
/// <param name="FinishedAt">When it was finished.</param>
/// <param name="Download">Where to get it, when it is finished, for who may operate.</param>
internal sealed record ExportView(
    Guid Id, TaskState? State, int? Progress, long Entries, long Bytes, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, DownloadLink? Download);

internal static class ExportProblems
{
    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no export {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
}
