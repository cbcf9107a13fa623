using MassTransit;
using MassTransit.Serialization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Transport;

/// <summary>The core knows what is on the wire, and not who writes it: these names are MassTransit's.</summary>
public sealed class WireHeadersTests
{
    [Fact]
    public void Names_are_those_of_MassTransit()
    {
        Assert.Equal(MessageHeaders.MessageId, WireHeaders.MessageId);
        Assert.Equal(MessageHeaders.CorrelationId, WireHeaders.CorrelationId);
        Assert.Equal(MessageHeaders.ConversationId, WireHeaders.ConversationId);
        Assert.Equal(MessageHeaders.InitiatorId, WireHeaders.InitiatorId);
        Assert.Equal(MessageHeaders.RequestId, WireHeaders.RequestId);
        Assert.Equal(MessageHeaders.MessageType, WireHeaders.MessageType);
        Assert.Equal(MessageHeaders.OriginalMessageId, WireHeaders.OriginalMessageId);
        Assert.Equal(MessageHeaders.TransportMessageId, WireHeaders.TransportMessageId);
        Assert.Equal(MessageHeaders.ContentType, WireHeaders.ContentType);
        Assert.Equal(MessageHeaders.RedeliveryCount, WireHeaders.RedeliveryCount);
        Assert.Equal(MessageHeaders.Reason, WireHeaders.Reason);
        Assert.Equal(MessageHeaders.FaultExceptionType, WireHeaders.FaultExceptionType);
        Assert.Equal(MessageHeaders.FaultMessage, WireHeaders.FaultMessage);
        Assert.Equal(MessageHeaders.FaultStackTrace, WireHeaders.FaultStackTrace);
        Assert.Equal(MessageUrn.Prefix, WireHeaders.TypePrefix);
    }

    [Fact]
    public void An_envelope_is_MassTransits() =>
        Assert.Equal(Envelope.ContentType, SystemTextJsonMessageSerializer.JsonContentType.ToString());
}
