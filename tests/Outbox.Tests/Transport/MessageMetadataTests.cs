using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Transport;

/// <summary>What a row keeps of a message's headers and properties.</summary>
public sealed class MessageMetadataTests
{
    public static TheoryData<object> Values => new()
    {
        "text with \"quotes\" and ü😀",
        "",
        true,
        false,
        42,
        -1L,
        long.MaxValue,
        1.5,
        1.0,
        0.1f,
        12.340m,
        Guid.Parse("01a20dc3-f5b1-7af4-86cc-7c560613e3ad"),
        new DateTime(2026, 11, 24, 1, 2, 3, 4, DateTimeKind.Utc),
        new DateTimeOffset(2026, 11, 24, 1, 2, 3, TimeSpan.FromHours(2)),
        TimeSpan.FromMilliseconds(1_234.5),
        new Uri("queue:greet"),
        new byte[] { 0, 1, 255 },
        new[] { "a", "b" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_header_keeps_its_value_and_its_type(object value)
    {
        var metadata = new MessageMetadata { MessageTypes = ["urn:message:a"], Headers = new() { ["h"] = value } };

        var restored = MessageMetadata.FromJson(metadata.ToJson()).Headers!["h"];

        Assert.IsType(value.GetType(), restored);
        Assert.Equal(value, restored);
    }

    [Theory]
    [InlineData("""{"int":"many"}""")]
    [InlineData("""{"int":"99999999999"}""")]
    [InlineData("""{"bytes":"?"}""")]
    [InlineData("""{"dateTime":"yesterday"}""")]
    [InlineData("""{"guid":"1"}""")]
    [InlineData("""{"uri":"http://["}""")]
    [InlineData("""{"timeSpan":"99999999.00:00:00"}""")]
    [InlineData("""{"int":null}""")]
    [InlineData("""{"int":1}""")]
    [InlineData("{}")]
    [InlineData("1")]
    public void A_header_that_cannot_be_read_makes_an_unreadable_row(string value) =>
        Assert.Null(MessageMetadata.TryFromJson($$$"""{"messageTypes":["urn:message:a"],"headers":{"h":{{{value}}}}}"""));

    [Fact]
    public void Ids_and_addresses_are_kept()
    {
        var metadata = new MessageMetadata
        {
            MessageTypes = ["urn:message:a", "urn:message:b"],
            CorrelationId = Guid.NewGuid(),
            ConversationId = Guid.NewGuid(),
            InitiatorId = Guid.NewGuid(),
            RequestId = Guid.NewGuid(),
            SourceAddress = new Uri("rabbitmq://host/a?temporary=true"),
            ResponseAddress = new Uri("rabbitmq://host/b"),
            FaultAddress = new Uri("rabbitmq://host/c"),
            ExpirationTime = new DateTime(2026, 11, 24, 1, 2, 3, DateTimeKind.Utc),
            Mandatory = true,
        };

        var restored = MessageMetadata.FromJson(metadata.ToJson());

        Assert.Equal(metadata.MessageTypes, restored.MessageTypes);
        Assert.Equal(metadata, restored with { MessageTypes = metadata.MessageTypes }); // arrays compare by reference
    }
}
