using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// The addresses at which this process listens. Known once the host has started; none before that, and none in a test without a
/// network.
/// </summary>
public sealed class ListenedAddresses(IServer server)
{
    private static readonly string[] Wildcards = ["*", "+", "0.0.0.0", "[::]"];

    /// <summary>Whether the process listens on other than loopback addresses.</summary>
    public bool AreOpenToOthers => All.Any(a => !IsLoopback(a));

    /// <summary>
    /// The best address for a browser: https before http, a host name before loopback, and <c>localhost</c> for a wildcard. Null
    /// if there is none.
    /// </summary>
    public string? ForBrowsers => All
        .OrderByDescending(a => a.Scheme == Uri.UriSchemeHttps)
        .ThenByDescending(a => !IsLoopback(a) && !IsWildcard(a))
        .Select(Url)
        .FirstOrDefault();

    private IEnumerable<BindingAddress> All => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(BindingAddress.Parse)
        .Where(a => !a.IsUnixPipe && !a.IsNamedPipe && a.Port != 0);

    private static bool IsWildcard(BindingAddress address) => Wildcards.Contains(address.Host, StringComparer.Ordinal);

    private static bool IsLoopback(BindingAddress address) =>
        Uri.TryCreate($"{address.Scheme}://{address.Host}:{address.Port}", UriKind.Absolute, out var url) && url.IsLoopback;

    private static string Url(BindingAddress address) =>
        new UriBuilder(address.Scheme, IsWildcard(address) ? "localhost" : address.Host, address.Port).Uri.GetLeftPart(UriPartial.Authority);
}
