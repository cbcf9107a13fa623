using Messaging.Outbox.AspNetCore.Http;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Api.Uploads;

/// <summary>
/// Deletes the file of a request whose row was certainly not committed: the database refused it, or the request was one that had been
/// answered before. When nobody can know - the database broke off, the client went away in the middle of the commit - the file stays,
/// and a sweep decides.
/// </summary>
internal sealed class UnclaimedFileFilter([FromKeyedServices(UploadFiles.Area)] FileFolder files) : IEndpointFilter
{
    /// <summary>Notes that the request has written the file of this upload.</summary>
    public static void Wrote(HttpContext http, Guid upload) => http.Features.Set(new WrittenFile(UploadFiles.Content(upload)));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var result = await next(context);
            if (UnitOfWorkFilter.IsError(result, context.HttpContext) || result is StoredAnswerResult { Replayed: true })
            {
                Delete(context.HttpContext);
            }

            return result;
        }
        catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
        {
            Delete(context.HttpContext);
            throw;
        }
    }

    private void Delete(HttpContext http)
    {
        if (http.Features.Get<WrittenFile>() is { } written)
        {
            files.Delete(written.Name);
        }
    }

    private sealed record WrittenFile(string Name);
}
