using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Uploads;

/// <summary>
/// <c>POST /uploads</c>: streams the file to the disk, and then stores its row and the tasks that process it in one transaction.
/// A request that fails before that leaves a file without a row, which is deleted here or by a sweep.
/// </summary>
internal static class AddUploadEndpoint
{
    public static void MapAddUpload(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<UploadOptions>>().Value;
        routes.MapPost("", HandleAsync)
            .WithName("AddUpload")
            .WithSummary("Uploads a file")
            .WithDescription(
                "The file of a form, or the body itself: PNG, JPEG, GIF, WebP, PDF or plain text in UTF-8, detected by its content and not by its "
                + "header. Once a worker has processed it, it replaces earlier uploads of the same name.")
            .TakesFile(options.MaxBytes)
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBodyBytes), StreamedBody.Expected)
            .AddEndpointFilter<RouteHandlerBuilder, UnclaimedFileFilter>() // outside of the commit
            .CommitsUnitOfWork();
    }

    private static async Task<Results<Accepted<UploadAccepted>, ValidationProblem>> HandleAsync(
        HttpContext http, UploadReader uploads, UploadWriter writer, IBackgroundTasks tasks, IUnitOfWork unit, StoreClock time)
    {
        // Fails early: without a database the file would have to be discarded.
        await uploads.PingAsync(http.RequestAborted);
        writer.CheckLength(http.Request.ContentLength ?? 0);

        var body = await UploadBody.OpenAsync(http.Request);
        if (body.Errors.Count > 0)
        {
            return TypedResults.ValidationProblem(body.Errors);
        }

        var id = time.NewId();
        var content = await writer.WriteAsync(id, body, http.RequestAborted);
        UnclaimedFileFilter.Wrote(http, id);
        StreamedBody.Was(http, $"{content.Hash} {body.Name}");

        var task = tasks.Add(new UploadReceived { UploadId = id });
        task.Then(new UploadReplaced { UploadId = id });
        unit.Execute(
            """
            INSERT INTO uploads (id, name, content_type, size, state, task_id, uploaded_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """,
            id,
            body.Name,
            content.Type,
            content.Size,
            (int)UploadState.Received,
            task.Id,
            time.GetUtcNow());
        unit.Audit(http, "upload.add", id.ToString());
        return TypedResults.Accepted($"/tasks/{task.Id}", new UploadAccepted(id, task.Id));
    }
}

/// <summary>The answer to an upload: the file is stored and will be processed.</summary>
/// <param name="Id">The id of the upload, under <c>/uploads/{id}</c>.</param>
/// <param name="TaskId">The id of the task that processes it, under <c>/tasks/{taskId}</c>.</param>
internal sealed record UploadAccepted(Guid Id, Guid TaskId);
