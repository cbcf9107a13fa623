using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>A delivery may not be held for longer than the broker waits for its acknowledgement.</summary>
public sealed class ConsumerTimeoutTests
{
    private static readonly TimeSpan OfBroker = TimeSpan.FromMinutes(30);

    [Fact]
    public void Default_policy_needs_no_timeout_of_its_own() => Assert.Null(ConsumerTimeout.NeededBy(new RetryOptions(), prefetch: 32, OfBroker));

    [Fact]
    public void A_longer_policy_covers_its_retries_and_the_wait_before() =>
        Assert.Equal(
            TimeSpan.FromHours(1 * 3 * 4) + TimeSpan.FromMinutes(1),
            ConsumerTimeout.NeededBy(new RetryOptions { TimeLimit = TimeSpan.FromHours(1) }, prefetch: 4, OfBroker));

    [Fact]
    public void A_policy_without_retries_holds_one_attempt() =>
        Assert.Null(ConsumerTimeout.NeededBy(new RetryOptions { TimeLimit = TimeSpan.FromMinutes(30), MaxAttempts = 1 }, prefetch: 4, OfBroker));

    [Theory]
    [InlineData("3.11.28", true)]
    [InlineData("3.12.0", false)]
    [InlineData("4.0.5", false)]
    [InlineData(null, false)]
    public void A_broker_without_timeouts_of_queues_is_refused(string? version, bool isRefused)
    {
        var retry = new RetryOptions { TimeLimit = TimeSpan.FromHours(1) };
        var refusal = Record.Exception(() => ConsumerTimeout.EnsureSupported("q", retry, OfBroker, version is null ? null : Version.Parse(version)));

        Assert.Equal(isRefused, refusal is OutboxConfigurationException);
        Assert.True(!isRefused || refusal!.Message.Contains("set consumer_timeout in rabbitmq.conf", StringComparison.Ordinal));
    }

    [Fact]
    public void The_reason_of_a_closed_channel_is_read()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), ConsumerTimeout.FromCloseReason(
            "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 30000 ms. This timeout value can be configured, see consumers doc guide to learn more"));
        Assert.Null(ConsumerTimeout.FromCloseReason("CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"));
        Assert.Null(ConsumerTimeout.FromCloseReason(null));
    }
}
