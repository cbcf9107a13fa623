using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Execution;

/// <summary>What follows a failed attempt.</summary>
internal enum FailureAction
{
    /// <summary>Another attempt within the same delivery.</summary>
    RetryNow,

    /// <summary>A later delivery.</summary>
    Defer,

    /// <summary>None any more: an operator decides.</summary>
    DeadLetter,
}

/// <summary>The one place that decides what follows a failed attempt.</summary>
/// <param name="Action">What follows.</param>
/// <param name="Delay">The pause before it.</param>
/// <param name="Failure">What failed.</param>
internal readonly record struct FailureDecision(FailureAction Action, TimeSpan Delay, Exception Failure)
{
    /// <param name="delivery">The delivery whose attempt failed.</param>
    /// <param name="failure">What failed.</param>
    /// <param name="retries">Retries that were made within this delivery.</param>
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
