using System.Net;
using System.Net.Sockets;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Identifies an anonymous caller by the IP address. For IPv6 it is the /64 network, because a caller usually has all addresses
/// of it.
/// </summary>
public static class CallerAddress
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
