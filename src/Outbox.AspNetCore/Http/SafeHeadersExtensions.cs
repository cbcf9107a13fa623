using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Gives routes of an application the headers that the outbox's own routes have.</summary>
public static class SafeHeadersExtensions
{
    /// <summary>
    /// Sets headers on the answers of the route unless it sets them: no caching, no content sniffing, and no scripts or framing in a browser. The routes of
    /// <see cref="OutboxApiExtensions.MapOutboxGroup"/> have them by themselves; an application's own pages and files would not work with them.
    /// </summary>
    public static TBuilder SetsSafeHeaders<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(SafeHeaders.Instance);
}
