using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Uploads;

/// <summary><c>DELETE /uploads/{id}</c>: from the commit on the API no longer returns the file; a worker deletes it.</summary>
internal static class DeleteUploadEndpoint
{
    public static void MapDeleteUpload(this IEndpointRouteBuilder routes) => routes.MapDelete("/{id:guid}", HandleAsync)
        .WithName("DeleteUpload")
        .WithSummary("Deletes an upload")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Accepted<TaskAccepted>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, UploadReader uploads, IBackgroundTasks tasks, IUnitOfWork unit, StoreClock time, CancellationToken cancellationToken)
    {
        if (await uploads.FindAsync(id, cancellationToken) is null)
        {
            return ReadUploads.NotFound(id);
        }

        // Two concurrent requests each get a task; the second task finds nothing to delete.
        unit.Execute($"UPDATE uploads SET state = {(int)UploadState.Deleting}, changed_at = $2 WHERE id = $1", id, time.GetUtcNow());
        unit.Audit(http, "upload.delete", id.ToString());
        return TaskAccepted.At(tasks.Add(new UploadDeletionRequested { UploadIds = [id] }).Id);
    }
}
