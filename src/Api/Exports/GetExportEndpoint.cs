using Messaging.Outbox.AspNetCore;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Exports;

/// <summary><c>GET /exports/{id}</c>: the progress, and the link once it is finished.</summary>
internal static class GetExportEndpoint
{
    public static void MapGetExport(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("GetExport")
        .WithSummary("An export, with a link to its file when it is finished")
        .WithDescription("The link needs no access key and expires; each answer has a new one. Only keys that may operate get it, because the file contains everything that was logged, including addresses.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<ExportView>, ProblemHttpResult>> HandleAsync(
        Guid id, IStoreReader store, ITaskStore tasks, DownloadLinks links, HttpContext http, CancellationToken cancellationToken)
    {
        var task = await tasks.FindAsync(id, cancellationToken); // first: if the task has succeeded, the export read next is finished
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
/// <param name="Id">The id of the export and of its task.</param>
/// <param name="State">The task's state; null if the task is past its retention.</param>
/// <param name="Progress">0 to 100, estimated by the time of the entries.</param>
/// <param name="Entries">Entries written so far.</param>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="CreatedAt">When the export was requested.</param>
/// <param name="FinishedAt">When the export was finished.</param>
/// <param name="Download">The download link once it is finished, for keys that may operate.</param>
internal sealed record ExportView(
    Guid Id, TaskState? State, int? Progress, long Entries, long Bytes, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, DownloadLink? Download);

internal static class ExportProblems
{
    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no export {id}, or it is past its retention.", statusCode: StatusCodes.Status404NotFound);
}
