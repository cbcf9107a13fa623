namespace Messaging.Outbox.Transport;

/// <summary>The names on the wire of headers that the bus adds to messages.</summary>
internal static class WireHeaders
{
    public const string MessageId = "MessageId";
    public const string CorrelationId = "CorrelationId";
    public const string ConversationId = "ConversationId";
    public const string InitiatorId = "MT-InitiatorId";
    public const string RequestId = "RequestId";
    public const string MessageType = "MT-MessageType";
    public const string OriginalMessageId = "MT-OriginalMessageId";
    public const string TransportMessageId = "TransportMessageId";
    public const string ContentType = "Content-Type";
    public const string RedeliveryCount = "MT-Redelivery-Count";
    public const string Reason = "MT-Reason";
    public const string FaultPrefix = "MT-Fault-";
    public const string FaultExceptionType = "MT-Fault-ExceptionType";
    public const string FaultMessage = "MT-Fault-Message";
    public const string FaultStackTrace = "MT-Fault-StackTrace";

    /// <summary>The prefix of the names of message types.</summary>
    public const string TypePrefix = "urn:message:";
}
