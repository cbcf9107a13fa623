using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>The consume context in the fast lane. Rarely used fields of the envelope are deserialized on first use.</summary>
internal sealed class FastLaneConsumeContext<TMessage>(FastLaneReceiveContext receive, FastLaneEnvelope<TMessage> envelope, ReadOnlyMemory<byte> body)
    : BaseConsumeContext(receive, serializerContext: null!), ConsumeContext<TMessage>
    where TMessage : class
{
    private SerializerContext? _whole;
    private Headers? _headers;

    public TMessage Message => envelope.Message!;
    public override Guid? MessageId => envelope.MessageId;
    public override DateTime? SentTime => envelope.SentTime;
    public override IEnumerable<string> SupportedMessageTypes => envelope.MessageType!;
    public override Task ConsumeCompleted => Task.CompletedTask;

    public override Headers Headers => _headers ??= envelope.Headers is { } headers
        ? new ReadOnlyDictionaryHeaders(SystemTextJsonMessageSerializer.Instance, headers)
        : EmptyHeaders.Instance;

    public override Guid? RequestId => Whole.RequestId;
    public override Guid? CorrelationId => Whole.CorrelationId;
    public override Guid? ConversationId => Whole.ConversationId;
    public override Guid? InitiatorId => Whole.InitiatorId;
    public override DateTime? ExpirationTime => Whole.ExpirationTime;
    public override Uri SourceAddress => Whole.SourceAddress!;
    public override Uri DestinationAddress => Whole.DestinationAddress!;
    public override Uri ResponseAddress => Whole.ResponseAddress!;
    public override Uri FaultAddress => Whole.FaultAddress!;
    public override HostInfo Host => Whole.Host;

    private SerializerContext Whole => _whole ??= receive.HasEnded
        ? throw new InvalidOperationException("The consumer has ended.")
        : SystemTextJsonMessageSerializer.Instance.Deserialize(new BytesMessageBody(body.ToArray()), EmptyHeaders.Instance);

    public override bool HasMessageType(Type messageType) => Whole.IsSupportedMessageType(messageType);

    public override bool TryGetMessage<T>([NotNullWhen(true)] out ConsumeContext<T>? consumeContext) =>
        (consumeContext = this as ConsumeContext<T>) is not null ? true : throw receive.Exceed();

    public override bool HasPayloadType(Type payloadType) => payloadType.IsInstanceOfType(this) || receive.HasPayloadType(payloadType);

    public override bool TryGetPayload<T>([NotNullWhen(true)] out T? payload)
        where T : class =>
        (payload = this as T) is not null || receive.TryGetPayload(out payload);

    public override T GetOrAddPayload<T>(PayloadFactory<T> payloadFactory) => this as T ?? receive.GetOrAddPayload(payloadFactory);

    public override T AddOrUpdatePayload<T>(PayloadFactory<T> addFactory, UpdatePayloadFactory<T> updateFactory) =>
        receive.AddOrUpdatePayload(addFactory, updateFactory);

    public override void AddConsumeTask(Task task) => throw receive.Exceed();

    public Task NotifyConsumed(TimeSpan duration, string consumerType) => throw receive.Exceed();

    public Task NotifyFaulted(TimeSpan duration, string consumerType, Exception exception) => throw receive.Exceed();
}
