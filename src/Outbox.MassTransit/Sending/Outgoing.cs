using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>An outbox row that is being sent.</summary>
internal sealed class Outgoing(OutboxMessage row, QueueDirectory queues, MessageSigner signer)
{
    public OutboxMessage Row => row;

    public MessageMetadata Metadata => field ??= Read();

    /// <summary>
    /// Adds the header with the task's consumers, unless the message has it from an earlier send, and signs the message with the
    /// current key.
    /// </summary>
    private MessageMetadata Read()
    {
        var metadata = MessageMetadata.FromJson(row.Metadata);
        if (metadata.Headers is { } headers && headers.ContainsKey(OutboxHeaders.TaskId) && !headers.ContainsKey(OutboxHeaders.Consumers)
            && queues.FindConsumers(metadata.MessageTypes, row.Destination) is { } consumers)
        {
            headers.Add(OutboxHeaders.Consumers, consumers);
        }

        if (ReplacedTrace.IsOn && metadata.Headers?.GetValueOrDefault(OutboxHeaders.TraceParent) is { } trace)
        {
            metadata.Headers[OutboxHeaders.TraceCopy] = trace;
        }

        return signer.IsOn
            ? metadata with { Headers = new(metadata.Headers ?? [], StringComparer.Ordinal) { [OutboxHeaders.Signature] = signer.Sign(row, metadata.Headers) } }
            : metadata;
    }

    /// <summary>Notifies the observers; null if there are none, or if the message cannot be read.</summary>
    public DispatchObservers.Notice? Notice { get; private set; }

    public void Find(DispatchObservers observers)
    {
        try
        {
            Notice = observers.NoticeOf(row, Metadata);
        }
        catch (Exception)
        {
            // The message cannot be read. Sending or consuming it reports the error.
        }
    }

    /// <summary>Whether the fast lane supports the message. False if its metadata is unreadable; MassTransit's send reports the error.</summary>
    public bool IsPlain()
    {
        try
        {
            return Metadata.IsPlain;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public CompleteMessage ToComplete(Uri destination) => new(
        row.MessageId,
        Metadata.CorrelationId,
        destination,
        row.ContentType,
        Metadata.Mandatory,
        Metadata.Headers ?? [],
        Metadata.Properties ?? [],
        row.Body);
}
