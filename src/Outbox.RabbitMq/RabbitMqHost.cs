using System.Globalization;

namespace Messaging.Outbox.RabbitMq;

/// <summary>A node of the broker, or a name with several addresses.</summary>
/// <param name="Name">A host name or an IP address.</param>
/// <param name="Port">The AMQP port.</param>
internal sealed record RabbitMqHost(string Name, int Port)
{
    /// <summary>Parses <c>a</c>, <c>a:5673</c>, <c>[::1]:5672</c>, or several of them separated by commas.</summary>
    /// <param name="text">The setting's value.</param>
    /// <param name="defaultPort">The port of hosts without one.</param>
    /// <exception cref="FormatException">One of them is not a valid host.</exception>
    public static IReadOnlyList<RabbitMqHost> ParseAll(string text, int defaultPort)
    {
        var hosts = text.Split(',', StringSplitOptions.TrimEntries).Select(host => Parse(host, defaultPort)).ToList();
        return hosts.Distinct().Count() == hosts.Count ? hosts : throw new FormatException($"RabbitMq:Host '{text}' must not contain a host twice.");
    }

    public override string ToString() => Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]:{Port}" : $"{Name}:{Port}";

    private static RabbitMqHost Parse(string text, int defaultPort)
    {
        var (name, port) = Split(text);
        return Uri.CheckHostName(name) is not (UriHostNameType.Unknown or UriHostNameType.Basic) && TryParsePort(port, defaultPort, out var number)
            ? new RabbitMqHost(name, number)
            : throw new FormatException(
                $"RabbitMq:Host: '{text}' is not a host. It must be a name or an address, with a port if that differs from RabbitMq:Port, "
                + "and several are separated by commas: 'rabbit-1,rabbit-2:5673,[::1]:5672'.");
    }

    private static (string Name, string? Port) Split(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (end > 0)
        {
            var rest = text[(end + 1)..];
            return rest.Length == 0 ? (text[1..end], null) : rest[0] == ':' ? (text[1..end], rest[1..]) : ("", null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // more than one colon: an IPv6 address
        return colon < 0 || text.LastIndexOf(':') != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool TryParsePort(string? text, int defaultPort, out int port)
    {
        port = defaultPort;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65_535);
    }
}
