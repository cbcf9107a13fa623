using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// While storage runs short, requests that would store more are answered with 503 before they stage anything. GET, HEAD, OPTIONS
/// and DELETE requests continue, and so do routes that free storage or stop work. A repetition of an idempotent request that was
/// answered before gets its stored response.
/// </summary>
public static class StorageReserveExtensions
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Checks the storage for all routes of the group, except those with <see cref="WorksWithoutReserve"/>. Call it after the
    /// filter that commits.
    /// </summary>
    public static RouteGroupBuilder KeepsStorageReserve(this RouteGroupBuilder group) => group.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        return Stores(http, context) && await Reserve(http).FindShortageAsync(http.RequestAborted) is { } shortage ? Refusal(http, shortage) : await next(context);
    });

    /// <summary>Exempts a route that frees storage, or stops work that uses it.</summary>
    public static TBuilder WorksWithoutReserve<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoReserve(static _ => true));

    /// <summary>Exempts those requests of a route that free storage, as their bodies say.</summary>
    internal static TBuilder WorksWithoutReserveIf<TBuilder, TBody>(this TBuilder route, Func<TBody, bool> frees)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new NeedsNoReserve(context => context.Arguments.OfType<TBody>().Any(frees)));

    private static bool Stores(HttpContext http, EndpointFilterInvocationContext context) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method)
        && !HttpMethods.IsDelete(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<NeedsNoReserve>()?.Of(context) != true;

    private static IStorageReserve Reserve(HttpContext http) => http.RequestServices.GetRequiredService<IStorageReserve>();

    private static IResult Refusal(HttpContext http, string shortage)
    {
        http.Response.Headers[HeaderNames.RetryAfter] = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            $"There is not enough storage for this request, so nothing was stored. {shortage} Tasks that were accepted before continue. Please try again later.",
            statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    /// <param name="Of">Whether a request of the route does.</param>
    private sealed record NeedsNoReserve(Func<EndpointFilterInvocationContext, bool> Of);
}
