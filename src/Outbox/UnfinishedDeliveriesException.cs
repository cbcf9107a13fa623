namespace Messaging.Outbox;

/// <summary>The message was delivered many times without an outcome, finally as the only message of its process.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries, string? reason = null)
    : Exception($"{deliveries} deliveries ended without an outcome: {reason ?? "the worker died or lost its connection each time"}."), IPermanentFailure;
