using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.Tests.Undelivered;

public sealed class UndeliveredPolicyTests
{
    [Fact]
    public void A_broker_that_is_away_for_a_day_makes_no_message_undeliverable()
    {
        var policy = new UndeliveredPolicy(new OutboxOptions(), letters: null!); // asked for none
        var message = new OutboxMessage
        {
            Id = 1, MessageId = Guid.CreateVersion7(), Attempts = 0, Destination = "queue:a", ContentType = "application/json", Metadata = """{"messageTypes":[]}""", Body = [],
        };

        for (var i = 0; i < 10_000; i++)
        {
            var failure = policy.Decide(Unsent(message, new TimeoutException()));
            message = message with { Attempts = failure.Message.Attempts + 1 }; // as the stores do
        }

        Assert.InRange(message.Attempts, 3, 20);
        Assert.Null(policy.Decide(Unsent(message, new NoQueueException("none"))).Undeliverable);
    }

    [Theory]
    [InlineData(typeof(TimeoutException), false)]
    [InlineData(typeof(OperationCanceledException), false)]
    [InlineData(typeof(IOException), false)]
    [InlineData(typeof(InvalidOperationException), true)]
    public void A_broker_that_is_away_is_no_messages_fault(Type exception, bool isOwn) =>
        Assert.Equal(isOwn, SendFault.IsMessages((Exception)Activator.CreateInstance(exception)!));

    [Fact]
    public void A_message_that_is_too_large_is_its_own_fault() => Assert.True(SendFault.IsMessages(MessageTooLargeException.OfBody(5, 4)));

    private static UnsentMessage Unsent(OutboxMessage message, Exception exception) => new(message, exception, SendFault.IsMessages(exception));
}
