using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Exports;

/// <summary><c>GET /exports/{id}/file</c>: streams the parts one after the other, in constant memory.</summary>
internal static class DownloadExportEndpoint
{
    public static void MapDownloadExport(this IEndpointRouteBuilder routes) => routes.MapGet("/file", HandleAsync)
        .WithName("DownloadExport")
        .WithSummary("Downloads an export by its link")
        .Produces<string>(StatusCodes.Status200OK, "text/csv")
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        Guid id,
        string? token,
        DownloadLinks links,
        IStoreReader store,
        [FromKeyedServices(ExportFiles.Area)] FileFolder folder,
        HttpResponse response,
        CancellationToken cancellationToken)
    {
        if (!links.Opens(token, id))
        {
            return TypedResults.Problem(
                "This link is invalid or has expired; GET /exports/{id} returns a new one.", statusCode: StatusCodes.Status403Forbidden);
        }

        var export = await ExportRecord.FindAsync(store, id, cancellationToken);
        if (export?.FinishedAt is null || !export.Files.All(file => folder.Exists(file.Name)))
        {
            return ExportProblems.NotFound(id);
        }

        response.ContentLength = export.Bytes;
        return TypedResults.Stream(
            body => CopyAsync(export.Files, folder, body, cancellationToken), "text/csv; charset=utf-8", $"activity-log-{id}.csv");
    }

    /// <summary>If a file is deleted meanwhile, the response ends early; its Content-Length shows that it is incomplete.</summary>
    private static async Task CopyAsync(IReadOnlyList<ExportFile> files, FileFolder folder, Stream body, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            await using var stream = folder.OpenRead(file.Name) ?? throw new IOException("A part of the export is missing.");
            await stream.CopyToAsync(body, cancellationToken);
        }
    }
}
