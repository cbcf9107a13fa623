using Messaging.Outbox.Signing;

namespace Messaging.Outbox.Transport;

/// <summary>A row of the outbox on its way to the broker.</summary>
internal sealed class Outgoing(OutboxMessage row, QueueDirectory queues, MessageSigner signer)
{
    public OutboxMessage Row => row;

    public MessageMetadata Metadata => field ??= Read();

    /// <summary>
    /// Says of a task how many consumers have to be done with it, as of now, unless an earlier sending has said so; and signs it, with the key of now.
    /// </summary>
    private MessageMetadata Read()
    {
        var metadata = MessageMetadata.FromJson(row.Metadata);
        if (metadata.Headers is { } headers && headers.ContainsKey(OutboxHeaders.TaskId) && !headers.ContainsKey(OutboxHeaders.Consumers)
            && queues.FindConsumers(metadata.MessageTypes, row.Destination) is { } consumers)
        {
            headers.Add(OutboxHeaders.Consumers, consumers);
        }

        return signer.IsOn
            ? metadata with { Headers = new(metadata.Headers ?? [], StringComparer.Ordinal) { [OutboxHeaders.Signature] = signer.Sign(row, metadata.Headers) } }
            : metadata;
    }

    /// <summary>What tells observers of it, if there are any.</summary>
    public DispatchObservers.Notice? Notice { get; private set; }

    public void Find(DispatchObservers observers)
    {
        try
        {
            Notice = observers.NoticeOf(row, Metadata);
        }
        catch (Exception)
        {
            // It cannot be read; whoever sends or consumes it will say so.
        }
    }

    /// <summary>What cannot be read fails by itself when it is sent, and stops no other.</summary>
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
