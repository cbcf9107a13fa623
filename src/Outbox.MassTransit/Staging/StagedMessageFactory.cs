using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Context;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Converts a send context of MassTransit, after its filters have run, to an outbox row.</summary>
internal static class StagedMessageFactory
{
    private const int MaxKind = 200;

    /// <param name="context">The message, ready to be sent.</param>
    /// <param name="queues">Finds the queue of the message.</param>
    /// <param name="contents">Decides what is kept of the message.</param>
    /// <param name="track">Whether the message is tracked as a task if <see cref="IBackgroundTasks"/> did not add it.</param>
    /// <param name="isSent">Whether it is sent to one address, and not published.</param>
    /// <param name="received">The trace of the message being consumed, for a process in which nothing is recorded.</param>
    public static StagedMessage Create<T>(
        SendContext<T> context, QueueDirectory queues, TaskContents contents, bool track, bool isSent = false, TraceContext? received = null)
        where T : class
    {
        contents.Know(typeof(T));
        var isTask = OptionsOf(context)?.IsTask ?? track;
        var (queue, priority) = queues.Find(context.SupportedMessageTypes ?? [], DestinationOf(context));
        using var span = EnqueueSpan.Start(queue ?? typeof(T).Name, typeof(T).Name, DestinationOf(context), IdOf(context), isTask);
        var trace = EnqueueSpan.ContextFor(received, RunsLater(context));
        return Create(
            context, (queue, priority), track, trace, EnqueueSpan.IsRecorded(trace, received), isNew: true, isTask ? () => contents.Of(context.Message, isSent ? context.DestinationAddress : null) : null);
    }

    /// <summary>The same for a message that is sent again, which is no new message in its trace.</summary>
    /// <param name="context">The message, ready to be sent.</param>
    /// <param name="queues">Finds the queue of the message.</param>
    /// <param name="trace">The trace of whatever follows the delivery.</param>
    public static StagedMessage CreateAgain<T>(SendContext<T> context, QueueDirectory queues, TraceContext? trace)
        where T : class =>
        Create(context, queues.Find(context.SupportedMessageTypes ?? [], DestinationOf(context)), track: false, trace, isRecorded: false, isNew: false);

    private static StagedMessage Create<T>(SendContext<T> context, (string? Name, QueuePriority Priority) queue, bool track, TraceContext? trace, bool isRecorded, bool isNew, Func<TaskContent?>? keep = null)
        where T : class
    {
        var messageId = IdOf(context);
        var options = OptionsOf(context);
        if (isNew)
        {
            MessageHeadersTooLargeException.ThrowIfTooLarge(typeof(T), context.Headers);
        }

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
        var content = new Lazy<MessageContent>(() => Serialize(context, contentType, mandatory: isEnqueued, trace));
        var kept = keep is null ? null : new Lazy<TaskContent?>(keep);
        if (options?.Condition is null)
        {
            (_, _) = (content.Value, kept?.Value); // serialize on the caller's thread, and not on the one that commits the group
        }

        return new StagedMessage
        {
            MessageId = messageId,
            Destination = DestinationOf(context).ToString(),
            ContentType = contentType,
            Content = content,
            Kept = kept,
            Delay = context.Delay ?? TimeSpan.Zero,
            DueAt = options?.DueAt,
            Queue = queue.Name,
            Priority = queue.Priority,
            TraceId = track ? trace?.TraceId : null,
            IsTraceRecorded = isRecorded,
            Options = options,
            Type = isNew ? typeof(T).Name : null,
            TaskKind = track ? StoredText.Line(options?.Kind, MaxKind) ?? typeof(T).Name : null,
        };
    }

    private static Guid IdOf<T>(SendContext<T> context)
        where T : class =>
        context.MessageId ?? throw new MessageException(typeof(T), "A message needs a MessageId to be staged.");

    private static Uri DestinationOf<T>(SendContext<T> context)
        where T : class =>
        context.DestinationAddress ?? throw new MessageException(typeof(T), "A message needs a DestinationAddress to be staged.");

    private static StagingOptions? OptionsOf(SendContext context) => context.TryGetPayload<StagingOptions>(out var options) ? options : null;

    private static bool RunsLater(SendContext context) =>
        context.Delay > TimeSpan.Zero || OptionsOf(context) is { DueAt: not null } or { Predecessors.Count: > 0 };

    private static MessageContent Serialize<T>(SendContext<T> context, string contentType, bool mandatory, TraceContext? trace)
        where T : class
    {
        var body = BodyOf(context); // before the headers are read, because a raw serializer adds some
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
            Headers = Headers(context.Headers, trace),
            Properties = Properties(context),
        };
        return new MessageContent(metadata.ToJson(), body);
    }

    private static byte[] BodyOf<T>(SendContext<T> context)
        where T : class
    {
        try
        {
            return context.Serializer.GetMessageBody(context).GetBytes();
        }
        catch (SerializationException exception)
        {
            throw MessageNotSerializableException.Of(typeof(T), exception);
        }
    }

    private static Dictionary<string, object>? Headers(Headers headers, TraceContext? trace)
    {
        var all = headers.GetAll().Where(h => h.Value is not null).ToDictionary(h => h.Key, h => h.Value);
        trace?.WriteTo(all);
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
