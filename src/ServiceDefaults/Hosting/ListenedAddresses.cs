using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Where this process listens, known once the host has started. Before that, and in a test without a network, it is nowhere.</summary>
public sealed class ListenedAddresses(IServer server)
{
    private static readonly string[] Wildcards = ["*", "+", "0.0.0.0", "[::]"];

    /// <summary>Whether somebody on another machine may reach it.</summary>
    public bool AreOpenToOthers => All.Any(a => !IsLoopback(a));

    /// <summary>
    /// The address that a browser is best sent to: https before http, a name before this machine, and this machine for an address that stands for all.
    /// Null when there is none.
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
