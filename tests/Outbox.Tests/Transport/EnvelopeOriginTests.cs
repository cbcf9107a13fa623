using System.Text;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Transport;

/// <summary>What a row's envelope says of where its message comes from.</summary>
public sealed class EnvelopeOriginTests
{
    private static readonly Guid Conversation = Guid.Parse("05230000-58f1-fdd8-032b-08df4d47eb6e");

    [Fact]
    public void Both_fields_are_read_in_any_position()
    {
        var origin = Read($$"""
            {"messageId":"a","headers":{"conversationId":"x","sourceAddress":["y"]},"sourceAddress":"rabbitmq://host/api?temporary=true",
             "messageType":["urn:message:a"],"conversationId":"{{Conversation}}","message":{} }
            """);

        Assert.Equal(new EnvelopeOrigin(Conversation, new Uri("rabbitmq://host/api?temporary=true")), origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"message\":{\"conversationId\":\"05230000-58f1-fdd8-032b-08df4d47eb6e\",\"sourceAddress\":\"a://b\"}}")]
    [InlineData("{\"conversationId\":null,\"sourceAddress\":7}")]
    [InlineData("{\"conversationId\":\"no id\",\"sourceAddress\":\"no address\"}")]
    [InlineData("{\"conversationId\":{\"a\":[1]},\"sourceAddress\":[{}]}")]
    public void An_envelope_without_them_has_no_origin(string body) => Assert.Equal(default, Read(body));

    [Fact]
    public void A_truncated_envelope_keeps_what_was_read() =>
        Assert.Equal(new EnvelopeOrigin(Conversation, SourceAddress: null), Read($$"""{"conversationId":"{{Conversation}}","sourceAdd"""));

    private static EnvelopeOrigin Read(string body) => EnvelopeOrigin.Read(Encoding.UTF8.GetBytes(body));
}
