using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Api.Uploads;

/// <summary>
/// Deletes the file of a request whose row was certainly not committed: the database refused it, or the answer was replayed for a
/// repeated request. If the outcome is unknown (the connection to the database broke, or the client disconnected during the
/// commit), the file stays and a sweep decides.
/// </summary>
internal sealed class UnclaimedFileFilter([FromKeyedServices(UploadFiles.Area)] FileFolder files) : IEndpointFilter
{
    /// <summary>Records that the request wrote the file of this upload.</summary>
    public static void Wrote(HttpContext http, Guid upload) => http.Features.Set(new WrittenFile(UploadFiles.Content(upload)));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var result = await next(context);
            if (RequestOutcome.IsError(result, context.HttpContext) || RequestOutcome.IsReplay(result))
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
