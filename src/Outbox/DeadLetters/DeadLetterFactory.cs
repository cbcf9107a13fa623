using System.Text.Json;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// Creates a dead letter from a delivery without deserializing it, because unreadable messages are kept too. It also determines
/// what a redrive will send: the same body to the same queue, with its attempts counted anew.
/// </summary>
internal sealed class DeadLetterFactory(StoreClock time)
{
    private const int MaxContentType = 255;

    private static readonly string[] DroppedPrefixes = [WireHeaders.FaultPrefix, "RabbitMQ-"];
    private static readonly string[] DroppedHeaders =
    [
        .. OutboxHeaders.OfDelivery, .. OutboxHeaders.OfTrace, OutboxHeaders.Signature, WireHeaders.Reason, WireHeaders.MessageId, WireHeaders.ContentType, WireHeaders.TransportMessageId,
        WireHeaders.RedeliveryCount, WireHeaders.CorrelationId, "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason",
        "x-last-death-exchange", "x-last-death-queue", "x-last-death-reason", "x-acquired-count",
    ];

    /// <param name="message">The delivery.</param>
    /// <param name="reason">Why it is dead-lettered.</param>
    /// <param name="fault">The exception, if it was thrown in this process.</param>
    /// <param name="queue">The queue to which the message was sent originally. Default: the queue of the delivery.</param>
    public DeadLetter Create(ReceivedMessage message, DeadLetterReason reason, Exception? fault = null, string? queue = null)
    {
        var body = message.Body;
        var envelope = Envelope.Read(message.MediaType, body);
        var outside = message.Progress.Outside;
        var messageId = outside?.Id ?? message.MessageId ?? envelope.MessageId;
        var headers = message.HeaderTexts();
        queue ??= message.Queue;
        var now = time.GetUtcNow();
        return new DeadLetter
        {
            Id = Guid.CreateVersion7(now),
            MessageId = messageId,
            TaskId = outside is null ? message.Progress.TaskId ?? envelope.TaskId : null,
            Queue = queue,
            MessageType = FailureText.OfOptional(MessageMetadata.NameOf(envelope.MessageTypes.FirstOrDefault() ?? headers.GetValueOrDefault(WireHeaders.MessageType)?.Split(';')[0])),
            Reason = reason,
            ExceptionType = FailureText.OfOptional(fault is null ? headers.GetValueOrDefault(WireHeaders.FaultExceptionType) : Thrown.TypeOf(fault)),
            ThrowSite = FailureText.OfOptional(ThrowSite.Of(fault is null ? headers.GetValueOrDefault(WireHeaders.FaultStackTrace) : Thrown.StackTraceOf(fault))),
            Error = fault is null ? FailureText.OfOptional(headers.GetValueOrDefault(WireHeaders.FaultMessage)) : FailureText.Of(fault),
            StackTrace = fault is null ? StackTraceText.OfOptional(headers.GetValueOrDefault(WireHeaders.FaultStackTrace)) : StackTraceText.Of(fault),
            Headers = JsonSerializer.Serialize(headers, JsonText.Relaxed),
            Destination = DestinationOf(message, queue),
            ContentType = StoredText.Line(message.ContentType, MaxContentType) ?? Envelope.ContentType,
            Metadata = Metadata(message, envelope, headers).ToJson(),
            Body = body.ToArray(),
            DeadAt = now,
        };
    }

    /// <summary>
    /// Creates a dead letter from a message without a valid signature: nothing that it claims is used, and a redrive sends it as
    /// a message from outside.
    /// </summary>
    public DeadLetter CreateRefused(ReceivedMessage message, Refusal refusal, string queue)
    {
        message.MarkOutside();
        return Create(message, refusal.Reason, queue: queue) with { Error = refusal.Error, ExceptionType = null, ThrowSite = null, StackTrace = null };
    }

    /// <param name="message">An outbox row that cannot be sent.</param>
    /// <param name="error">The reason.</param>
    public DeadLetter Create(OutboxMessage message, string error)
    {
        // unreadable metadata is kept as it is: it is the reason why the message could not be sent
        var metadata = MessageMetadata.TryFromJson(message.Metadata);
        var headers = metadata?.Headers ?? [];
        var texts = headers.ToDictionary(h => h.Key, h => HeaderText.Of(h.Value), StringComparer.Ordinal);
        var attempts = Number(texts, OutboxHeaders.Attempts);
        var now = time.GetUtcNow();
        return new DeadLetter
        {
            Id = Guid.CreateVersion7(now),
            MessageId = message.MessageId,
            TaskId = Guid.TryParse(texts.GetValueOrDefault(OutboxHeaders.TaskId), out var task) ? task : null,
            Queue = message.Queue ?? QueueAddress.NameOf(message.Destination),
            MessageType = FailureText.OfOptional(MessageMetadata.NameOf(metadata?.MessageTypes.FirstOrDefault())),
            Reason = DeadLetterReason.Undelivered,
            Error = error,
            Headers = JsonSerializer.Serialize(texts, JsonText.Relaxed),
            Destination = message.Destination,
            ContentType = message.ContentType,
            Metadata = metadata is null ? message.Metadata : (metadata with { Headers = Redriven(headers, texts, attempts) }).ToJson(),
            Body = message.Body,
            DeadAt = now,
        };
    }

    private static Dictionary<string, object> Redriven(Dictionary<string, object> headers, Dictionary<string, string> texts, int attempts)
    {
        var redriven = new Dictionary<string, object>(headers, StringComparer.Ordinal)
        {
            [OutboxHeaders.Redrives] = Number(texts, OutboxHeaders.Redrives) + 1,
            [OutboxHeaders.Attempts] = attempts,
            [OutboxHeaders.AttemptsBeforeRedrive] = attempts,
        };
        TraceContext.Of(texts.GetValueOrDefault)?.AsCause().WriteTo(redriven);
        return redriven;
    }

    private static int Number(Dictionary<string, string> headers, string name) =>
        int.TryParse(headers.GetValueOrDefault(name), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static MessageMetadata Metadata(ReceivedMessage message, Envelope envelope, Dictionary<string, string> headers)
    {
        var progress = message.Progress;
        var sent = headers
            .Where(h => progress.Outside is not { HasOwnHeaders: false } || !OutboxHeaders.IsOwn(h.Key))
            .Where(h => !DroppedHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase) && !DroppedPrefixes.Any(prefix => h.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(h => h.Key, h => (object)h.Value, StringComparer.Ordinal);
        if (progress.Outside is { Id: var identity })
        {
            sent[OutboxHeaders.Outside] = identity.ToString("D");
        }

        progress.TraceOfNext?.WriteTo(sent); // a redrive is linked to the failed attempt
        sent[OutboxHeaders.Redrives] = progress.Redrives + 1;
        sent[OutboxHeaders.Attempts] = progress.Attempts;
        sent[OutboxHeaders.AttemptsBeforeRedrive] = progress.Attempts;
        return new MessageMetadata
        {
            CorrelationId = message.HeaderGuid(WireHeaders.CorrelationId),
            ConversationId = message.HeaderGuid(WireHeaders.ConversationId),
            InitiatorId = message.HeaderGuid(WireHeaders.InitiatorId),
            RequestId = message.HeaderGuid(WireHeaders.RequestId),
            MessageTypes = envelope.MessageTypes.Count > 0
                ? [.. envelope.MessageTypes]
                : headers.GetValueOrDefault(WireHeaders.MessageType)?.Split(';') ?? [],
            Mandatory = true, // the queue may no longer exist
            Headers = sent,
        };
    }

    private static string DestinationOf(ReceivedMessage message, string queue)
    {
        var own = message.InputAddress;
        return new UriBuilder(own) { Path = own.AbsolutePath[..(own.AbsolutePath.LastIndexOf('/') + 1)] + queue, Query = "" }.Uri.ToString();
    }
}
