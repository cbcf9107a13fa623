using Messaging.Outbox.Store;
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
            var failure = policy.Judge(message, new TimeoutException());
            message = message with { Attempts = failure.Message.Attempts + 1 }; // as the stores do
        }

        Assert.InRange(message.Attempts, 3, 20);
        Assert.Null(policy.Judge(message, new NoQueueException("none")).Undeliverable);
    }
}
