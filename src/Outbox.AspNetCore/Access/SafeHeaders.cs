namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Metadata of a route whose answers have headers that keep a browser from caching, sniffing, running and framing them.</summary>
internal sealed class SafeHeaders
{
    private SafeHeaders()
    {
    }

    public static SafeHeaders Instance { get; } = new();

    /// <summary>Whether the answers of a route have the headers: those of the outbox's own routes do.</summary>
    public static bool AreSetOn(Endpoint endpoint) => OutboxRoute.Is(endpoint) || endpoint.Metadata.GetMetadata<SafeHeaders>() is not null;
}
