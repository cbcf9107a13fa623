using Messaging.Outbox.Rows;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Transport;

public sealed class BodyLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BodyLimit _limit;

    public BodyLimitTests() => _limit = new BodyLimit(_time);

    [Theory]
    [InlineData("PRECONDITION_FAILED - message size 20000000 is larger than configured max size 16777216", 16_777_216)]
    [InlineData("PRECONDITION_FAILED - message size 600000000 larger than max size 536870912", 536_870_912)]
    public void The_limit_is_learnt_from_the_broker_s_refusal(string text, long max)
    {
        Assert.True(_limit.Learn(new InvalidOperationException("Already closed", new IOException(text))));

        Assert.Equal(max, _limit.Bytes);
    }

    [Fact]
    public void Another_reason_for_a_closed_channel_teaches_nothing()
    {
        Assert.False(_limit.Learn("PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms."));

        Assert.Null(_limit.Bytes);
        Assert.False(_limit.IsExceededBy(Of(100)));
    }

    [Fact]
    public void Only_larger_messages_are_kept_from_the_broker_and_not_for_ever()
    {
        _limit.Learn("message size 5 is larger than configured max size 4");

        Assert.Equal((false, true), (_limit.IsExceededBy(Of(4)), _limit.IsExceededBy(Of(5))));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_limit.IsExceededBy(Of(5)));
    }

    private static OutboxMessage Of(int bytes) => new()
    {
        Id = 1, MessageId = Guid.CreateVersion7(), Attempts = 0, Destination = "queue:a", ContentType = "application/json", Metadata = "{}", Body = new byte[bytes],
    };
}
