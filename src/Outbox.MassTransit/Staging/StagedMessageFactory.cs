using MassTransit;
using MassTransit.Context;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Converts a send context of MassTransit, after its filters have run, to an outbox row.</summary>
internal static class StagedMessageFactory
{
    private const int MaxKind = 200;

    /// <param name="context">The message, ready to be sent.</param>
    /// <param name="queues">Finds the queue of the message.</param>
    /// <param name="track">Whether the message is tracked as a task if <see cref="IBackgroundTasks"/> did not add it.</param>
    /// <param name="isNew">False for a message that is sent again.</param>
    public static StagedMessage Create<T>(SendContext<T> context, QueueDirectory queues, bool track, bool isNew = true)
        where T : class
    {
        KnownMessages.Add<T>();
        var messageId = context.MessageId ?? throw new MessageException(typeof(T), "A message needs a MessageId to be staged.");
        var destination = context.DestinationAddress
            ?? throw new MessageException(typeof(T), "A message needs a DestinationAddress to be staged.");
        var options = context.TryGetPayload<StagingOptions>(out var given) ? given : null;
        var isEnqueued = track || options is not null;
        track = options?.IsTask ?? track;
        if (track)
        {
            context.Headers.Set(OutboxHeaders.TaskId, messageId.ToString("D"));
            context.Headers.Set(OutboxHeaders.UniqueKey, options?.UniqueKey);
            context.Headers.Set(OutboxHeaders.HasSuccessors, options?.HasSuccessors == true ? "true" : null);
        }

        // The consumer adds the delay to the sent time, which also comes from this machine's clock.
        if ((context.Delay ?? options?.DueAt - DateTimeOffset.UtcNow) is { } delay && delay > TimeSpan.Zero)
        {
            context.Headers.Set(OutboxHeaders.DelaySeconds, delay.TotalSeconds);
        }

        var contentType = (context.ContentType ?? context.Serialization.DefaultContentType).ToString();
        var content = new Lazy<MessageContent>(() => Serialize(context, contentType, mandatory: isEnqueued));
        if (options?.Condition is null)
        {
            _ = content.Value; // serialize on the caller's thread, and not on the one that commits the group
        }

        var (queue, priority) = queues.Find(context.SupportedMessageTypes ?? [], destination);
        return new StagedMessage
        {
            MessageId = messageId,
            Destination = destination.ToString(),
            ContentType = contentType,
            Content = content,
            Delay = context.Delay ?? TimeSpan.Zero,
            DueAt = options?.DueAt,
            Queue = queue,
            Priority = priority,
            Options = options,
            Type = isNew ? typeof(T).Name : null,
            TaskKind = track ? StoredText.Line(options?.Kind, MaxKind) ?? typeof(T).Name : null,
        };
    }

    private static MessageContent Serialize<T>(SendContext<T> context, string contentType, bool mandatory)
        where T : class
    {
        // Serialize before reading the headers, because a raw serializer adds some.
        var body = context.Serializer.GetMessageBody(context).GetBytes();
        var bodySaysOrigin = Envelope.IsEnvelope(contentType);
        var metadata = new MessageMetadata
        {
            CorrelationId = context.CorrelationId,
            ConversationId = bodySaysOrigin ? null : context.ConversationId,
            InitiatorId = context.InitiatorId,
            RequestId = context.RequestId,
            SourceAddress = bodySaysOrigin ? null : context.SourceAddress,
            ResponseAddress = context.ResponseAddress,
            FaultAddress = context.FaultAddress,
            ExpirationTime = context.TimeToLive is { } timeToLive ? DateTime.UtcNow + timeToLive : null,
            MessageTypes = context.SupportedMessageTypes ?? [],
            Mandatory = mandatory || (context as PublishContext)?.Mandatory == true,
            Headers = Headers(context.Headers),
            Properties = Properties(context),
        };
        return new MessageContent(metadata.ToJson(), body);
    }

    private static Dictionary<string, object>? Headers(Headers headers)
    {
        var all = headers.GetAll().Where(h => h.Value is not null).ToDictionary(h => h.Key, h => h.Value);
        return all.Count == 0 ? null : all;
    }

    private static Dictionary<string, object>? Properties(SendContext context)
    {
        if (context is not TransportSendContext transport)
        {
            return null;
        }

        var properties = new Dictionary<string, object>();
        transport.WritePropertiesTo(properties);
        return properties.Count == 0 ? null : properties;
    }
}
