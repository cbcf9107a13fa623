using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using Messaging.ServiceDefaults.Reference;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Messaging.Api.Home;

/// <summary>
/// <c>GET /</c>: a description of the service and links, as JSON, or as a page for a browser. It lists only what the caller may
/// open; an anonymous caller of a deployed service gets no links.
/// </summary>
internal static class HomeEndpoint
{
    private const string Name = "Messaging", About = "Accepts work and answers at once; workers do the rest.";

    public static void MapHome(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .LimitsAnonymous(RateLimitPolicies.Reads).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        HttpContext http, HomeOptions home, EndpointDataSource endpoints, IAuthorizationService authorization, IOptions<ReferenceOptions> reference)
    {
        http.Response.Headers.Vary = HeaderNames.Accept;
        var isKnown = http.HasKey();
        var links = isKnown || home.HasLinks ? await LinksAsync(http, endpoints, authorization, reference.Value.Access, isKnown) : [];
        return WantsPage(http.Request) ? TypedResults.Text(Page(links), MediaTypeNames.Text.Html, Encoding.UTF8) : TypedResults.Ok(new HomeView(Name, About, links));
    }

    private static async Task<IReadOnlyList<string>> LinksAsync(
        HttpContext http, EndpointDataSource endpoints, IAuthorizationService authorization, ReferenceAccess reference, bool isKnown)
    {
        List<string> links = ["/health/ready", .. endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<HomeLink>()?.Path).OfType<string>()];
        if (reference == ReferenceAccess.Open || (reference == ReferenceAccess.Keyed && isKnown))
        {
            links.AddRange(["/scalar", $"/openapi/{OutboxOpenApiExtensions.DocumentName}.json"]);
        }

        // Links to all GET routes that list something, of any use case.
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>().Where(IsList))
        {
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy!).ToList();
            if (policies.Count > 0 && await AreMetAsync(policies))
            {
                links.Add($"/{endpoint.RoutePattern.RawText!.Trim('/')}");
            }
        }

        return [.. links.Distinct(StringComparer.Ordinal)];

        async Task<bool> AreMetAsync(List<string> policies)
        {
            foreach (var policy in policies)
            {
                if (!(await authorization.AuthorizeAsync(http.User, policy)).Succeeded)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static bool IsList(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.Parameters.Count == 0
        && endpoint.RoutePattern.PathSegments.Count == 1
        && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true;

    /// <summary>A browser prefers HTML; curl accepts anything and gets JSON.</summary>
    private static bool WantsPage(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Rank(MediaTypeNames.Text.Html).CompareTo(Rank(MediaTypeNames.Application.Json)) > 0;

        // At equal quality, a type that is named precedes one that a wildcard matches.
        (double Quality, bool IsNamed) Rank(string type) => accepted.Where(a => a.MatchesMediaType(type))
            .Select(a => (a.Quality ?? 1, !a.MatchesAllSubTypes)).DefaultIfEmpty((0d, false)).Max();
    }

    // No style and no script: the content security policy of all responses allows neither.
    private static string Page(IReadOnlyList<string> links) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Name}</title></head>
        <body>
        <h1>{Name}</h1>
        <p>{About}</p>
        {(links.Count == 0 ? "" : $"<ul>{string.Concat(links.Select(l => $"<li><a href=\"{HtmlEncoder.Default.Encode(l)}\">{HtmlEncoder.Default.Encode(l)}</a></li>"))}</ul>")}
        </body>
        </html>
        """;

    private sealed record HomeView(string Name, string About, IReadOnlyList<string> Links);
}

/// <summary>Metadata of a page that is linked here.</summary>
/// <param name="Path">Where it is.</param>
public sealed record HomeLink(string Path);

/// <summary>Whether anonymous callers get links too: in development and in the standalone process.</summary>
internal sealed record HomeOptions(bool HasLinks);
