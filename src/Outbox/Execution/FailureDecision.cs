using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Execution;

/// <summary>What to do after a failed attempt.</summary>
internal enum FailureAction
{
    /// <summary>Another attempt within the same delivery.</summary>
    RetryNow,

    /// <summary>Another attempt in a later delivery.</summary>
    Defer,

    /// <summary>No further attempt, unless an operator redrives the message.</summary>
    DeadLetter,
}

/// <summary>The decision whether to retry, defer or dead-letter a failed attempt. No other code makes it.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Delay">The delay before the next attempt; zero for a dead letter.</param>
/// <param name="Failure">The exception.</param>
internal readonly record struct FailureDecision(FailureAction Action, TimeSpan Delay, Exception Failure)
{
    /// <param name="delivery">The delivery whose attempt failed.</param>
    /// <param name="failure">The exception.</param>
    /// <param name="retries">The number of retries within this delivery so far.</param>
    public static FailureDecision Of(DeliveryProgress delivery, Exception failure, int retries) =>
        retries < delivery.Policy.ImmediateRetries && !IsFinal(delivery, failure)
            ? new FailureDecision(FailureAction.RetryNow, delivery.Policy.ImmediateDelayOf(retries + 1), failure)
            : WithoutRetryNow(delivery, failure);

    /// <summary>The decision about a failure that an immediate retry would only repeat, while it holds the delivery.</summary>
    public static FailureDecision WithoutRetryNow(DeliveryProgress delivery, Exception failure)
    {
        var (policy, redelivery) = (delivery.Policy, delivery.Redeliveries + 1);
        return redelivery <= policy.DelayedRetries && !IsFinal(delivery, failure)
            ? new FailureDecision(FailureAction.Defer, policy.DelayOf(redelivery), failure)
            : new FailureDecision(FailureAction.DeadLetter, TimeSpan.Zero, failure);
    }

    private static bool IsFinal(DeliveryProgress delivery, Exception failure) => delivery.Policy.FailsAtOnce(failure) || delivery.IsExhausted;
}
