using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;

namespace Messaging.Outbox.Tests.Execution;

/// <summary>What follows a failed attempt.</summary>
public sealed class FailureDecisionTests
{
    private static readonly Exception Failure = new InvalidOperationException("no");

    [Theory]
    [InlineData(0, 0, nameof(FailureAction.RetryNow))]
    [InlineData(1, 0, nameof(FailureAction.RetryNow))]
    [InlineData(2, 0, nameof(FailureAction.Defer))]
    [InlineData(2, 2, nameof(FailureAction.Defer))]
    [InlineData(2, 3, nameof(FailureAction.DeadLetter))]
    public void A_failure_is_retried_now_then_deferred_then_dead_lettered(int retries, int redeliveries, string action)
    {
        var delivery = Delivery(new RetryOptions { ImmediateRetries = 2, DelayedRetries = 3 }, redeliveries);

        Assert.Equal(action, $"{FailureDecision.Of(delivery, Failure, retries).Action}");
    }

    [Fact]
    public void No_attempt_follows_the_last_that_is_allowed()
    {
        var delivery = Delivery(new RetryOptions { ImmediateRetries = 2, MaxAttempts = 2 });
        delivery.Log.Start(Guid.Empty, DateTimeOffset.UnixEpoch);
        Assert.Equal(FailureAction.RetryNow, FailureDecision.Of(delivery, Failure, retries: 0).Action);

        delivery.Log.Start(Guid.Empty, DateTimeOffset.UnixEpoch);

        Assert.Equal(FailureAction.DeadLetter, FailureDecision.Of(delivery, Failure, retries: 1).Action);
    }

    [Fact]
    public void What_no_retry_can_mend_is_dead_lettered_at_once()
    {
        var delivery = Delivery(new RetryOptions { FailAtOnce = [nameof(InvalidOperationException)] });

        Assert.Equal(FailureAction.DeadLetter, FailureDecision.Of(delivery, Failure, retries: 0).Action);
    }

    [Fact]
    public void The_pause_before_a_retry_doubles()
    {
        var delivery = Delivery(new RetryOptions { ImmediateRetries = 3, ImmediateDelay = TimeSpan.FromSeconds(1) });

        for (var retries = 0; retries < 3; retries++)
        {
            var expected = TimeSpan.FromSeconds(1 << retries);
            Assert.InRange(FailureDecision.Of(delivery, Failure, retries).Delay, expected * 0.75, expected * 1.25);
        }
    }

    private static DeliveryProgress Delivery(RetryOptions policy, int redeliveries = 0) =>
        new(new HeadersOnly(new() { ["Task-Redeliveries"] = redeliveries })) { Policy = policy };
}
