using Messaging.Outbox.AspNetCore;

namespace Messaging.Outbox.Dashboard.Files;

/// <summary>The files by their names, and the page for every other address below the dashboard's path, so that links into it work.</summary>
internal static class FilesEndpoint
{
    /// <summary>The name of the route, to find where the dashboard is.</summary>
    public const string Name = "Dashboard";

    private const string Rest = "path", ForAnyPage = "task-progress.js";

    public static RouteHandlerBuilder MapFiles(this IEndpointRouteBuilder routes) =>
        routes.MapMethods($"/{{**{Rest}}}", [HttpMethods.Get, HttpMethods.Head], Handle)
            .LimitsAnonymous(RateLimitPolicies.Reads)
            .WithName(Name)
            .ExcludeFromDescription();

    /// <summary>The element for pages of the application's users, who have neither key nor policy.</summary>
    public static void MapElementForAnyPage(this IEndpointRouteBuilder routes) =>
        routes.MapMethods($"/{ForAnyPage}", [HttpMethods.Get, HttpMethods.Head], (HttpContext http) => Answer(http, Assets.All[ForAnyPage]))
            .LimitsAnonymous(RateLimitPolicies.Reads)
            .AllowAnonymous()
            .ExcludeFromDescription();

    private static IResult Handle(HttpContext http)
    {
        var path = http.GetRouteValue(Rest) as string ?? "";
        if (path is not (Assets.Index or "") && Assets.IsFile(path))
        {
            return Assets.All.TryGetValue(path, out var asset)
                ? Answer(http, asset)
                : TypedResults.Problem("There is no such file.", statusCode: StatusCodes.Status404NotFound);
        }

        return Answer(http, IndexPage.At(RootOf(http.Request, path)));
    }

    private static IResult Answer(HttpContext http, Asset asset)
    {
        PageHeaders.Set(http.Response.Headers);
        return FileAnswer.Of(http, asset);
    }

    /// <summary>The path of the request without what follows the dashboard's own.</summary>
    private static string RootOf(HttpRequest request, string rest)
    {
        var path = request.Path.Value!;
        var own = path.EndsWith(rest, StringComparison.Ordinal) ? path[..^rest.Length] : path;
        return $"{request.PathBase.Add(own.TrimEnd('/')).ToUriComponent()}/";
    }
}
