using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Whether the settings give one port to the metrics and to the process itself. The metrics are opened first, so the process would say
/// that its own address is taken.
/// </summary>
internal static class MetricsPort
{
    /// <returns>What to correct; null if there is nothing.</returns>
    public static string? Problem(IConfiguration configuration, MetricsPageOptions options) =>
        Own(configuration).Any(own => own.Port == options.Port && Overlap(own.Host, IPAddress.Parse(options.Address)))
            ? $"Telemetry:Metrics:Port {options.Port} is where the process itself listens; set another port, or leave it out and set Telemetry:Metrics:Key"
            : null;

    /// <summary>As Kestrel reads them: its endpoints precede addresses, and addresses precede ports.</summary>
    private static IEnumerable<BindingAddress> Own(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().ToList();
        var addresses = endpoints.Count > 0 ? endpoints
            : Parts(configuration["urls"]) is { Count: > 0 } urls ? urls
            : [.. Parts(configuration["http_ports"]).Select(p => $"http://*:{p}"), .. Parts(configuration["https_ports"]).Select(p => $"https://*:{p}")];
        return (addresses.Count > 0 ? addresses : ["http://localhost:5000"]).Select(Parsed).OfType<BindingAddress>();
    }

    private static List<string> Parts(string? text) => [.. (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>Null for one that is not valid, which Kestrel reports.</summary>
    private static BindingAddress? Parsed(string address)
    {
        try
        {
            return BindingAddress.Parse(address) is { IsUnixPipe: false, IsNamedPipe: false } parsed ? parsed : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Kestrel takes a name other than localhost for all addresses.</summary>
    private static bool Overlap(string host, IPAddress metrics)
    {
        var own = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? (IPAddress.IsLoopback(metrics) ? metrics : IPAddress.Loopback)
            : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : IPAddress.Any;
        return own.Equals(metrics) || IsAny(own) || IsAny(metrics);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
