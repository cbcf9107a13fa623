namespace Messaging.Outbox.AspNetCore;

/// <summary>The headers of idempotent requests.</summary>
public static class IdempotencyHeaders
{
    /// <summary>Sent by a client to mark a POST that it repeats.</summary>
    public const string Key = "Idempotency-Key";

    /// <summary>Set on a response that repeats an earlier one.</summary>
    public const string Replayed = "Idempotency-Replayed";
}
