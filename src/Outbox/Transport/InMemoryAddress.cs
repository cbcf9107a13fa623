namespace Messaging.Outbox.Transport;

/// <summary>Addresses of the in-memory transport, whose messages do not outlive the process.</summary>
internal static class InMemoryAddress
{
    public static bool Is(Uri address) => string.Equals(address.Scheme, "loopback", StringComparison.OrdinalIgnoreCase);
}
