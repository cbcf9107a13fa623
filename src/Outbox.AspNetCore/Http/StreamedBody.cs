namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// For a route whose body is too large to be buffered and read twice: its handler reads it once, and provides the content that
/// must be equal if an <c>Idempotency-Key</c> is repeated. A repeated request therefore runs, and its effects are not committed.
/// </summary>
public sealed class StreamedBody
{
    private string? _hash;

    private StreamedBody()
    {
    }

    public static bool IsExpected(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<StreamedBody>() is not null;

    /// <summary>Sets the hash of the body; the handler calls it after reading the body.</summary>
    public static void Was(HttpContext http, string hash) => http.Features.Set(new StreamedBody { _hash = hash });

    public static string HashOf(HttpContext http) => http.Features.Get<StreamedBody>()?._hash
        ?? throw new InvalidOperationException("A handler that streams its body must provide the content to compare.");

    /// <summary>Metadata that marks the route.</summary>
    public static StreamedBody Expected { get; } = new();
}
