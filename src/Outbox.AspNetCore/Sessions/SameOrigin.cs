using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore.Sessions;

/// <summary>
/// Refuses what another origin makes a browser send. A browser adds a cookie, or what else it signs in with, to every request to this host,
/// whoever causes it; <c>SameSite</c> does not tell a neighbouring port or subdomain from ourselves.
/// </summary>
internal static class SameOrigin
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <returns>Why a request that is signed in by the browser is refused; null if it is not.</returns>
    public static AccessRefusal? Check(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return IsFromElsewhere(request, mayBeTyped: true) ? Elsewhere("Another site's page may not read with your session.") : null;
        }

        if (!request.Headers.ContainsKey(FetchSite) && request.Headers.Origin.Count == 0)
        {
            return Elsewhere($"A change with a session needs the header {FetchSite} or Origin, which every browser sends; a program sends its key instead.");
        }

        if (IsFromElsewhere(request, mayBeTyped: false))
        {
            return Elsewhere("Another site's page may not change anything with your session.");
        }

        // A form cannot send it, and a script of another origin not without a preflight, which nothing here answers.
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            ? null
            : new AccessRefusal(
                StatusCodes.Status415UnsupportedMediaType, "A change with a session needs the header Content-Type: application/json, also without a body.");
    }

    /// <summary>
    /// The same for the application's own users. A bearer token is not sent by the browser but by a program, or by a script that this origin
    /// allowed to.
    /// </summary>
    public static AccessRefusal? CheckUser(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? null : Check(request);

    /// <summary>Whether the page is served over https, as its browser says, whatever a proxy makes of it.</summary>
    public static bool IsOverHttps(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme == Uri.UriSchemeHttps;

    /// <summary>
    /// A browser says <c>Sec-Fetch-Site</c> wherever the connection cannot be listened to, and <c>Origin</c> with every change. A proxy may
    /// change the host that we see, so the first one decides where there are both.
    /// </summary>
    private static bool IsFromElsewhere(HttpRequest request, bool mayBeTyped) => request.Headers[FetchSite] switch
    {
        [] => request.Headers.Origin.Count > 0 && !IsOwn(request.Headers.Origin.ToString(), request.Host),
        ["same-origin"] => false,
        ["none"] => !mayBeTyped, // an address that the user typed, or a bookmark
        _ => true,
    };

    // Without the port where it is the scheme's own: a browser leaves it out in Origin, and nearly all in Host.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
        && string.Equals(page.Authority, host.Port == page.Port && page.IsDefaultPort ? host.Host : host.Value, StringComparison.OrdinalIgnoreCase);

    private static AccessRefusal Elsewhere(string detail) => new(StatusCodes.Status403Forbidden, detail);
}

/// <summary>Why a caller is not taken for who its session says.</summary>
internal sealed record AccessRefusal(int Status, string Detail);
