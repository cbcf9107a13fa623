using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// While the reserve of storage is touched, what would store more is a 503: nothing of it is staged. Reading goes on, and so does what frees
/// storage or stops work. A repeated request that was answered before gets its answer, which costs nothing.
/// </summary>
public static class StorageReserveExtensions
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>All routes of the group ask, unless they say otherwise (<see cref="WorksWithoutReserve"/>). To be named after the filter that commits.</summary>
    public static RouteGroupBuilder KeepsStorageReserve(this RouteGroupBuilder group) => group.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        return Stores(http) && await Reserve(http).FindShortageAsync(http.RequestAborted) is { } shortage ? Refusal(http, shortage) : await next(context);
    });

    /// <summary>The route frees storage, or stops what uses it.</summary>
    public static TBuilder WorksWithoutReserve<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(NeedsNoReserve.Instance);

    private static bool Stores(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method)
        && !HttpMethods.IsDelete(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<NeedsNoReserve>() is null;

    private static IStorageReserve Reserve(HttpContext http) => http.RequestServices.GetRequiredService<IStorageReserve>();

    private static IResult Refusal(HttpContext http, string shortage)
    {
        http.Response.Headers[HeaderNames.RetryAfter] = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            $"There is no room to store this request, and nothing of it is stored. {shortage} What was accepted before is still being done. Please try again later.",
            statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private sealed class NeedsNoReserve
    {
        public static readonly NeedsNoReserve Instance = new();
    }
}
