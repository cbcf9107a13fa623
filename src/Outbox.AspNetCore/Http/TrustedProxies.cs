using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Whom to believe when it says for whom it asks: a reverse proxy that is named in the settings, and nobody else.</summary>
internal static class TrustedProxies
{
    public static void AddTrustedProxies(this IServiceCollection services) =>
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ApiOptions>>((headers, api) =>
        {
            // Also where the host adds the middleware by itself (ASPNETCORE_FORWARDEDHEADERS_ENABLED): without a proxy that it knows it believes everybody.
            headers.ForwardedHeaders = api.Value.TrustedProxies.Count > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
            headers.ForwardLimit = null; // through as many of them as there are, to the first address that is none of them
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var network in api.Value.TrustedProxies)
            {
                headers.KnownIPNetworks.Add(Parse(network)!.Value);
            }
        });

    /// <summary>Makes the caller's address that of the one it comes from. It has to be the first to look at a request.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Whether an address is one of a proxy, behind which are many callers.</summary>
    public static bool Contains(IEnumerable<string> proxies, IPAddress address) =>
        proxies.Any(proxy => Parse(proxy)?.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) == true);

    /// <returns>Null for what is neither an address nor a network.</returns>
    public static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
