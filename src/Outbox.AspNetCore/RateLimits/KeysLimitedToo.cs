namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>Metadata of a route that limits callers with a key like all others.</summary>
internal sealed class KeysLimitedToo
{
    public static readonly KeysLimitedToo Instance = new();

    private KeysLimitedToo()
    {
    }

    /// <summary>Whether a request counts for its key, and not for its address and its kind of route.</summary>
    public static bool CountsForKey(HttpContext http) => http.HasKey() && http.GetEndpoint()?.Metadata.GetMetadata<KeysLimitedToo>() is null;
}
