namespace Messaging.Outbox;

/// <summary>The message was delivered again and again, and no delivery came to an end, not even the one that it had to itself.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries, string? reason = null)
    : Exception($"{deliveries} deliveries ended without an outcome: {reason ?? "the worker died, or lost its connection, each time"}."), IPermanentFailure;
