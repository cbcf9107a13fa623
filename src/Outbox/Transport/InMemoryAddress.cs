namespace Messaging.Outbox.Transport;

/// <summary>Addresses within the process, where messages do not outlive it.</summary>
internal static class InMemoryAddress
{
    public static bool Is(Uri address) => string.Equals(address.Scheme, "loopback", StringComparison.OrdinalIgnoreCase);
}
