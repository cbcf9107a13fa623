using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;

namespace Messaging.Api.Access;

/// <summary>
/// Tells whether a request comes from a program, or from this API's own page, on the same machine. A web page of somebody
/// else also runs on the same machine, in the browser: it is known by its origin, or, after DNS rebinding, by the host's name.
/// </summary>
internal static class LoopbackAccess
{
    public const string Name = "loopback";

    private static readonly string[] Hosts = ["localhost", "127.0.0.1", "[::1]"];

    // A reverse proxy on this machine passes on what comes from elsewhere; the usual ones say so by one of these.
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public static bool Allows(HttpContext context) =>
        IsLoopback(context)
        && Hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
        && !ProxyHeaders.Any(context.Request.Headers.ContainsKey)
        && IsSameOrigin(context.Request);

    private static bool IsLoopback(HttpContext context)
    {
        var connection = context.Connection;
        return connection.RemoteIpAddress is { } remote
            ? IsLoopback(remote) && connection.LocalIpAddress is { } local && IsLoopback(local)
            : IsInProcess(context);
    }

    /// <summary>A test server has no connections. A Unix socket has one without an address, and anybody may be behind it.</summary>
    private static bool IsInProcess(HttpContext context) => context.Features.Get<IConnectionTransportFeature>() is null;

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsSameOrigin(HttpRequest request)
    {
        var (origin, site) = (request.Headers.Origin, request.Headers["Sec-Fetch-Site"]);
        return (StringValues.IsNullOrEmpty(origin)
                || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            && (StringValues.IsNullOrEmpty(site) || site == "same-origin" || site == "none");
    }
}
