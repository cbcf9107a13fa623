using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Rows;

namespace Messaging.Outbox.Tests.Dispatch;

public sealed class ClaimSizeTests
{
    private readonly ClaimSize _size = new(max: 500);

    [Fact]
    public void The_first_claim_is_small_because_no_size_is_known()
    {
        Assert.Equal((50, 20), (_size.Next, new ClaimSize(max: 20).Next));
    }

    [Fact]
    public void Small_messages_are_claimed_by_their_number()
    {
        _size.Claimed(Of(count: 50, bytes: 1_000));

        Assert.Equal(500, _size.Next);
    }

    [Fact]
    public void Large_messages_are_claimed_by_their_bytes()
    {
        _size.Claimed(Of(count: 50, bytes: 1_048_576));
        Assert.Equal(31, _size.Next);

        _size.Claimed(Of(count: 1, bytes: 67_108_864));
        Assert.Equal(1, _size.Next);

        _size.Claimed(Of(count: 1, bytes: 1_000));
        Assert.Equal(500, _size.Next);
    }

    [Fact]
    public void A_claim_of_nothing_tells_nothing()
    {
        _size.Claimed(Of(count: 50, bytes: 1_048_576));

        _size.Claimed([]);

        Assert.Equal(31, _size.Next);
    }

    private static List<OutboxMessage> Of(int count, int bytes)
    {
        var body = new byte[bytes];
        return [.. Enumerable.Range(1, count).Select(id => new OutboxMessage
        {
            Id = id, MessageId = Guid.CreateVersion7(), Attempts = 0, Destination = "queue:a", ContentType = "application/json", Metadata = "{}", Body = body,
        })];
    }
}
