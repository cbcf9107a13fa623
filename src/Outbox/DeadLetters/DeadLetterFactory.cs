using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// Makes a dead letter of a delivery as it is: nothing is deserialized, since what cannot be read has to be kept, too. What a
/// redrive will send is decided here: the same body, as a new start on the same queue.
/// </summary>
internal sealed class DeadLetterFactory(StoreClock time)
{
    private const int MaxContentType = 255;

    private static readonly string[] NotSentAgainPrefixes = ["MT-Fault-", "RabbitMQ-"];
    private static readonly string[] NotSentAgain =
    [
        .. OutboxHeaders.OfDelivery, OutboxHeaders.Signature, MessageHeaders.Reason, MessageHeaders.MessageId, MessageHeaders.ContentType, MessageHeaders.TransportMessageId,
        MessageHeaders.RedeliveryCount, MessageHeaders.CorrelationId, "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason",
        "x-last-death-exchange", "x-last-death-queue", "x-last-death-reason", "x-acquired-count",
    ];

    /// <param name="context">The delivery.</param>
    /// <param name="reason">Why it was given up.</param>
    /// <param name="fault">What failed, if that is known in this process.</param>
    /// <param name="queue">The queue that the message was meant for. Default: the one that it came from.</param>
    public DeadLetter Create(ReceiveContext context, DeadLetterReason reason, Exception? fault = null, string? queue = null)
    {
        var body = context.GetBody();
        var envelope = Envelope.Read(context.ContentType?.MediaType, body);
        var outside = DeliveryProgress.Of(context).Outside;
        var messageId = outside?.Id ?? context.MessageId() ?? envelope.MessageId;
        var headers = context.HeaderTexts();
        queue ??= context.QueueName();
        var now = time.GetUtcNow();
        return new DeadLetter
        {
            Id = Guid.CreateVersion7(now),
            MessageId = messageId,
            TaskId = outside is null ? DeliveryProgress.Of(context).TaskId ?? envelope.TaskId : null,
            Queue = queue,
            MessageType = FailureText.OfOptional(MessageMetadata.NameOf(envelope.MessageTypes.FirstOrDefault() ?? headers.GetValueOrDefault(MessageHeaders.MessageType)?.Split(';')[0])),
            Reason = reason,
            ExceptionType = FailureText.OfOptional(fault is null ? headers.GetValueOrDefault(MessageHeaders.FaultExceptionType) : ToldException.TypeOf(fault)),
            Place = FailureText.OfOptional(ThrowSite.Of(fault is null ? headers.GetValueOrDefault(MessageHeaders.FaultStackTrace) : ToldException.StackTraceOf(fault))),
            Error = fault is null ? FailureText.OfOptional(headers.GetValueOrDefault(MessageHeaders.FaultMessage)) : FailureText.Of(fault),
            StackTrace = fault is null ? StackTraceText.OfOptional(headers.GetValueOrDefault(MessageHeaders.FaultStackTrace)) : StackTraceText.Of(fault),
            Headers = JsonSerializer.Serialize(headers, JsonText.Relaxed),
            Destination = DestinationOf(context, queue),
            ContentType = StoredText.Line(context.ContentType?.ToString(), MaxContentType) ?? SystemTextJsonMessageSerializer.JsonContentType.ToString(),
            Metadata = Metadata(context, envelope, headers).ToJson(),
            Body = body,
            DeadAt = now,
        };
    }

    /// <summary>Of a message that is not believed: nothing that it says of itself counts, and a redrive sends it as one from outside.</summary>
    public DeadLetter CreateRefused(ReceiveContext context, Refusal refusal, string queue)
    {
        OutsideMessage.Mark(context);
        return Create(context, refusal.Reason, queue: queue) with { Error = refusal.Error, ExceptionType = null, Place = null, StackTrace = null };
    }

    /// <param name="message">A row of the outbox that cannot be sent.</param>
    /// <param name="error">Why.</param>
    public DeadLetter Create(OutboxMessage message, string error)
    {
        var metadata = MessageMetadata.TryFromJson(message.Metadata); // what cannot be read is kept as it is: that is why it could not be sent
        var headers = metadata?.Headers ?? [];
        var texts = headers.ToDictionary(h => h.Key, h => TransportHeaderExtensions.AsText(h.Value), StringComparer.Ordinal);
        var attempts = Number(texts, OutboxHeaders.Attempts);
        var now = time.GetUtcNow();
        return new DeadLetter
        {
            Id = Guid.CreateVersion7(now),
            MessageId = message.MessageId,
            TaskId = Guid.TryParse(texts.GetValueOrDefault(OutboxHeaders.TaskId), out var task) ? task : null,
            Queue = message.Queue ?? Uri.UnescapeDataString(message.Destination.Split('?')[0].Split('/')[^1]),
            MessageType = FailureText.OfOptional(MessageMetadata.NameOf(metadata?.MessageTypes.FirstOrDefault())),
            Reason = DeadLetterReason.Undelivered,
            Error = error,
            Headers = JsonSerializer.Serialize(texts, JsonText.Relaxed),
            Destination = message.Destination,
            ContentType = message.ContentType,
            Metadata = metadata is null ? message.Metadata : (metadata with
            {
                Headers = new Dictionary<string, object>(headers, StringComparer.Ordinal)
                {
                    [OutboxHeaders.Redrives] = Number(texts, OutboxHeaders.Redrives) + 1,
                    [OutboxHeaders.Attempts] = attempts,
                    [OutboxHeaders.AttemptsBeforeRedrive] = attempts,
                },
            }).ToJson(),
            Body = message.Body,
            DeadAt = now,
        };
    }

    private static int Number(Dictionary<string, string> headers, string name) =>
        int.TryParse(headers.GetValueOrDefault(name), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static MessageMetadata Metadata(ReceiveContext context, Envelope envelope, Dictionary<string, string> headers)
    {
        var progress = DeliveryProgress.Of(context);
        var sent = headers
            .Where(h => progress.Outside is not { HasOwnHeaders: false } || !OutboxHeaders.IsOwn(h.Key))
            .Where(h => !NotSentAgain.Contains(h.Key, StringComparer.OrdinalIgnoreCase) && !NotSentAgainPrefixes.Any(prefix => h.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(h => h.Key, h => (object)h.Value, StringComparer.Ordinal);
        if (progress.Outside is { Id: var identity })
        {
            sent[OutboxHeaders.Outside] = identity.ToString("D");
        }

        sent[OutboxHeaders.Redrives] = progress.Redrives + 1;
        sent[OutboxHeaders.Attempts] = progress.Attempts;
        sent[OutboxHeaders.AttemptsBeforeRedrive] = progress.Attempts;
        return new MessageMetadata
        {
            CorrelationId = context.HeaderGuid(MessageHeaders.CorrelationId),
            ConversationId = context.HeaderGuid(MessageHeaders.ConversationId),
            InitiatorId = context.HeaderGuid(MessageHeaders.InitiatorId),
            RequestId = context.HeaderGuid(MessageHeaders.RequestId),
            MessageTypes = envelope.MessageTypes.Count > 0
                ? [.. envelope.MessageTypes]
                : headers.GetValueOrDefault(MessageHeaders.MessageType)?.Split(';') ?? [],
            Mandatory = true, // the queue may be gone
            Headers = sent,
        };
    }

    private static string DestinationOf(ReceiveContext context, string queue)
    {
        var own = context.InputAddress;
        return new UriBuilder(own) { Path = own.AbsolutePath[..(own.AbsolutePath.LastIndexOf('/') + 1)] + queue, Query = "" }.Uri.ToString();
    }
}
