namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// For a route whose body is too large to be kept and read twice: its handler reads it once, and says what has to be the same again
/// when an <c>Idempotency-Key</c> is repeated. A repeated request is therefore run, and its effects are not committed.
/// </summary>
public sealed class StreamedBody
{
    private string? _hash;

    private StreamedBody()
    {
    }

    public static bool IsExpected(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<StreamedBody>() is not null;

    /// <summary>Called by the handler.</summary>
    public static void Was(HttpContext http, string hash) => http.Features.Set(new StreamedBody { _hash = hash });

    public static string HashOf(HttpContext http) => http.Features.Get<StreamedBody>()?._hash
        ?? throw new InvalidOperationException("A handler that streams its body has to say what it was.");

    /// <summary>Metadata of the route.</summary>
    public static StreamedBody Expected { get; } = new();
}
