using System.Net;
using System.Net.Sockets;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>Who a caller without a key is: its IP address. Whoever has one address of IPv6 has its whole network, so that is its /64.</summary>
internal static class CallerAddress
{
    public static string Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    public static string Of(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.ToString(),
    };
}
