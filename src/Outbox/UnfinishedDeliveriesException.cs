namespace Messaging.Outbox;

/// <summary>
/// A message was delivered too often without an outcome (<see cref="RetryOptions.MaxUnfinishedDeliveries"/>), the last time in an isolated
/// execution. It is not retried and becomes a dead letter.
/// </summary>
internal sealed class UnfinishedDeliveriesException(long deliveries, string? reason = null)
    : Exception($"{deliveries} deliveries ended without an outcome: {reason ?? "the worker died or lost its connection each time"}."), IPermanentFailure;
