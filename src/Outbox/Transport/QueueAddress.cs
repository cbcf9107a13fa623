namespace Messaging.Outbox.Transport;

/// <summary>Sends a message to another queue than it was sent to before.</summary>
internal static class QueueAddress
{
    /// <summary>The address of a queue beside another address: the same broker and virtual host.</summary>
    public static string Beside(string former, string queue)
    {
        var address = new Uri(former);
        return new UriBuilder(address)
        {
            Path = address.AbsolutePath[..(address.AbsolutePath.LastIndexOf('/') + 1)] + Uri.EscapeDataString(queue),
            Query = "",
        }.Uri.ToString();
    }

    /// <summary>The last part of an address: a queue, or the exchange of a type.</summary>
    public static string NameOf(string destination) => Uri.UnescapeDataString(destination.Split('?')[0].Split('/')[^1]);

    /// <summary>Without the exchange and the routing key of the former address; and it has to reach a queue.</summary>
    public static MessageMetadata WithoutFormerRoute(this MessageMetadata metadata) => metadata with { Properties = null, Mandatory = true };
}
