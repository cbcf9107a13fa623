using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Uploads;

/// <summary><c>GET /uploads</c> and <c>GET /uploads/{id}</c>: the metadata of uploads.</summary>
internal static class ReadUploads
{
    public static void MapListUploads(this IEndpointRouteBuilder routes) => routes.MapGet("", ListAsync)
        .WithName("ListUploads")
        .WithSummary("Uploads, newest first")
        .ProducesValidationProblem();

    public static void MapGetUpload(this IEndpointRouteBuilder routes) => routes.MapGet("/{id:guid}", FindAsync)
        .WithName("GetUpload")
        .WithSummary("The metadata of an upload")
        .ProducesProblem(StatusCodes.Status404NotFound);

    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no upload {id}: it never existed, was deleted, or was replaced by a newer one.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<Page<UploadView>>> ListAsync(
        [AsParameters] ListUploadsQuery query, UploadReader uploads, CancellationToken cancellationToken)
    {
        var limit = query.Size();
        var found = await uploads.ListAsync(query.Name, query.After, limit + 1, cancellationToken);
        return TypedResults.Ok(new Page<UploadView>(
            [.. found.Take(limit).Select(UploadView.Of)], found.Count > limit ? found[limit - 1].Id : null));
    }

    private static async Task<Results<Ok<UploadView>, ProblemHttpResult>> FindAsync(
        Guid id, UploadReader uploads, CancellationToken cancellationToken) =>
        await uploads.FindAsync(id, cancellationToken) is { } upload ? TypedResults.Ok(UploadView.Of(upload)) : NotFound(id);
}
