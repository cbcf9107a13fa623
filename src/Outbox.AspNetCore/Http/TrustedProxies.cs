using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Trusts the forwarded address of a caller, and whether it came by https, only from the reverse proxies in the settings.</summary>
internal static class TrustedProxies
{
    public static void AddTrustedProxies(this IServiceCollection services) =>
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ApiOptions>>((headers, api) =>
        {
            // Also if the host adds the middleware itself (ASPNETCORE_FORWARDEDHEADERS_ENABLED): without known proxies it would
            // trust every caller.
            headers.ForwardedHeaders = api.Value.TrustedProxies.Count > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
            headers.ForwardLimit = null; // through all trusted proxies, up to the first other address
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var network in api.Value.TrustedProxies)
            {
                headers.KnownIPNetworks.Add(Parse(network)!.Value);
            }
        });

    /// <summary>Sets the caller's address and scheme to the forwarded ones. It must be the first middleware.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<ApiOptions>>().Value.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Whether an address belongs to a trusted proxy, behind which there are many callers.</summary>
    public static bool Contains(IEnumerable<string> proxies, IPAddress address) =>
        proxies.Any(proxy => Parse(proxy)?.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) == true);

    /// <returns>Null if it is neither an address nor a network.</returns>
    public static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
