namespace Messaging.Outbox.AspNetCore;

/// <summary>The headers of idempotent requests.</summary>
public static class IdempotencyHeaders
{
    /// <summary>Sent by a client with a POST that it may repeat; the repetition has the same value.</summary>
    public const string Key = "Idempotency-Key";

    /// <summary>Set on a response that repeats an earlier one.</summary>
    public const string Replayed = "Idempotency-Replayed";
}
