using Messaging.Outbox.Feed;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// What an operator has done is seen in the next answer of this process: before the response is sent, and after its work was committed, the readings that callers
/// share are forgotten. Other processes see it within a second.
/// </summary>
internal static class ActsAreSeen
{
    public static ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsGet(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<LeavesReadings>() is null)
        {
            http.Response.OnStarting(
                static services =>
                {
                    foreach (var readings in ((IServiceProvider)services).GetServices<ISharedReadings>())
                    {
                        readings.Forget();
                    }

                    return Task.CompletedTask;
                },
                http.RequestServices);
        }

        return next(context);
    }
}

/// <summary>Metadata of a route that programs call often and that changes nothing that is there: it would end the sharing of readings.</summary>
internal sealed class LeavesReadings;
