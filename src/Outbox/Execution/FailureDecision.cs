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
    public static FailureDecision Of(DeliveryProgress delivery, Exception failure, int retries)
    {
        var policy = delivery.Policy;
        if (policy.FailsAtOnce(failure) || delivery.IsExhausted)
        {
            return new FailureDecision(FailureAction.DeadLetter, TimeSpan.Zero, failure);
        }

        if (retries < policy.ImmediateRetries)
        {
            return new FailureDecision(FailureAction.RetryNow, policy.ImmediateDelayOf(retries + 1), failure);
        }

        var redelivery = delivery.Redeliveries + 1;
        return redelivery <= policy.DelayedRetries
            ? new FailureDecision(FailureAction.Defer, policy.DelayOf(redelivery), failure)
            : new FailureDecision(FailureAction.DeadLetter, TimeSpan.Zero, failure);
    }
}
