using System.Net.Mime;
using System.Text;
using MassTransit;
using MassTransit.Context;
using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Restores the send context with which the message was staged.</summary>
internal sealed class PendingSend(OutboxMessage row, MessageMetadata metadata, bool consumersSettle)
    : IPipe<SendContext>, OutboxMessageContext
{
    private readonly EnvelopeOrigin _origin = metadata.SourceAddress is null && Envelope.IsEnvelope(row.ContentType)
        ? EnvelopeOrigin.Read(row.Body)
        : new EnvelopeOrigin(metadata.ConversationId, metadata.SourceAddress);

    /// <summary>Whether send filters run again for this send. The headers that they set are removed, because staging stored them.</summary>
    public bool FiltersRanAgain { get; init; }

    public Task Send(SendContext context)
    {
        ApplyTo(context);
        return Task.CompletedTask;
    }

    public void ApplyTo(SendContext context)
    {
        if (FiltersRanAgain)
        {
            foreach (var header in context.Headers.GetAll().Select(h => h.Key).ToList())
            {
                context.Headers.Set(header, null);
            }
        }

        context.MessageId = row.MessageId;
        context.CorrelationId = metadata.CorrelationId;
        context.ConversationId = _origin.ConversationId;
        context.InitiatorId = metadata.InitiatorId;
        context.RequestId = metadata.RequestId;
        context.SourceAddress = _origin.SourceAddress;
        context.ResponseAddress = metadata.ResponseAddress;
        context.FaultAddress = metadata.FaultAddress;
        context.SupportedMessageTypes = metadata.MessageTypes;
        if (metadata.ExpirationTime is { } expiration)
        {
            // The transport's smallest time to live is 1 ms.
            context.TimeToLive = TimeSpan.FromMilliseconds(Math.Max(1, (expiration - DateTime.UtcNow).TotalMilliseconds));
        }

        foreach (var header in metadata.Headers ?? [])
        {
            context.Headers.Set(header.Key, header.Value);
        }

        if (consumersSettle)
        {
            context.Headers.Set(OutboxHeaders.OutboxId, row.Id);
            context.Headers.Set(OutboxHeaders.DeliveryCount, row.Attempts);
        }

        if (metadata.Properties is not null && context is TransportSendContext transport)
        {
            transport.ReadPropertiesFrom(metadata.Properties);
        }

        if (context is PublishContext publish)
        {
            publish.Mandatory = true; // the broker must return every message without a queue; MessageSender decides what follows
        }

        context.Serializer = new CopyBodySerializer(new ContentType(row.ContentType), new BytesMessageBody(row.Body));
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("outbox");

    Guid OutboxMessageContext.MessageId => row.MessageId;
    Guid? MessageContext.MessageId => row.MessageId;
    Guid? MessageContext.RequestId => metadata.RequestId;
    Guid? MessageContext.CorrelationId => metadata.CorrelationId;
    Guid? MessageContext.ConversationId => _origin.ConversationId;
    Guid? MessageContext.InitiatorId => metadata.InitiatorId;
    DateTime? MessageContext.ExpirationTime => metadata.ExpirationTime;
    Uri? MessageContext.SourceAddress => _origin.SourceAddress;
    Uri? MessageContext.DestinationAddress => new(row.Destination);
    Uri? MessageContext.ResponseAddress => metadata.ResponseAddress;
    Uri? MessageContext.FaultAddress => metadata.FaultAddress;
    DateTime? MessageContext.SentTime => null;
    HostInfo MessageContext.Host => HostMetadataCache.Host;
    Headers MessageContext.Headers => new DictionarySendHeaders((metadata.Headers ?? []).ToDictionary(h => h.Key, h => (object?)h.Value));
    long OutboxMessageContext.SequenceNumber => row.Id;
    string OutboxMessageContext.ContentType => row.ContentType;
    string OutboxMessageContext.MessageType => string.Join(';', metadata.MessageTypes);
    string OutboxMessageContext.Body => Encoding.UTF8.GetString(row.Body);
    IReadOnlyDictionary<string, object> OutboxMessageContext.Properties => metadata.Properties ?? [];
}
