using System.Globalization;

namespace Messaging.Outbox.AspNetCore.Sessions;

/// <summary>
/// The cookie of a session. It is for this host alone, is not sent with a request that another site causes, and no script can read it. Over
/// https its name has a prefix by which the browser takes it from nobody but this host over https. The name has the port, because a browser
/// keeps one set of cookies for all ports of a host.
/// </summary>
internal static class SessionCookie
{
    private const string Host = "__Host-", Secure = "__Secure-";

    /// <summary>The text of the cookie; null for none.</summary>
    public static string? In(HttpRequest request)
    {
        if (request.Cookies.Count == 0)
        {
            return null;
        }

        var name = NameFor(request);
        return request.Cookies[Host + name]
            ?? (request.PathBase.HasValue ? request.Cookies[Secure + name] : null) // a neighbour over https could have set it
            ?? (IsOverHttps(request) ? null : request.Cookies[name]); // and over https a name without a prefix
    }

    public static void Set(HttpContext http, string text, DateTimeOffset expiresAt)
    {
        var options = Options(http.Request);
        options.Expires = expiresAt;
        http.Response.Cookies.Append(NameOf(http.Request, options), text, options);
    }

    public static void Delete(HttpContext http)
    {
        var options = Options(http.Request);
        http.Response.Cookies.Delete(NameOf(http.Request, options), options);
    }

    private static string NameOf(HttpRequest request, CookieOptions options) => Prefix(options) + NameFor(request);

    private static string Prefix(CookieOptions options) => (options.Secure, options.Path) switch
    {
        (true, "/") => Host, // which also excludes cookies of a subdomain
        (true, _) => Secure,
        _ => "",
    };

    private static string NameFor(HttpRequest request) =>
        request.Host.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"outbox-{port}") : "outbox";

    private static bool IsOverHttps(HttpRequest request) => request.IsHttps || SameOrigin.IsOverHttps(request);

    private static CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        IsEssential = true, // no question of consent: without it there is no session
        Secure = IsOverHttps(request),
        Path = request.PathBase.HasValue ? request.PathBase.ToUriComponent() : "/",
    };
}
