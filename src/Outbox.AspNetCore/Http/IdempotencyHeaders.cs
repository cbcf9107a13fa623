namespace Messaging.Outbox.AspNetCore;

/// <summary>The headers of a request that is repeated.</summary>
public static class IdempotencyHeaders
{
    /// <summary>By which a client says that a POST is the same one again.</summary>
    public const string Key = "Idempotency-Key";

    /// <summary>Of an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";
}
