using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Sends one outbox row by MassTransit, which declares the topology of its address.</summary>
internal sealed class BusSender(IBusControl bus, ConsumerRegistry consumers, MessageTypes types, IOutboxStore outbox, UnsubscribedEvents unsubscribed)
{
    public bool IsDurable { get; } = !InMemoryAddress.Is(bus.Address);

    public bool ConsumersSettle => !IsDurable && outbox.CanWaitForConsumers;

    /// <exception cref="Exception">It was not sent.</exception>
    public async Task SendAsync(Outgoing outgoing, CancellationToken cancellationToken)
    {
        var (message, metadata) = (outgoing.Row, outgoing.Metadata);

        // Suppresses MassTransit's stack trace for each failed send; the dispatcher logs one line for the batch.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var destination = OnThisBus(message.Destination);
        if (!IsDurable && (!consumers.IsTaken(metadata.MessageTypes) || IsForMissingQueue(metadata, destination)))
        {
            NobodyTakes(metadata, destination);
        }

        var published = outgoing.Notice is { IsPublished: true } toTell ? toTell : null;
        await (published?.SendingAsync()).OrDone();
        var sent = outgoing.Notice is { IsPublished: false } typed ? typed : null;
        var pending = new PendingSend(message, metadata, ConsumersSettle) { FiltersRanAgain = sent is not null };
        var activity = LogContext.Current?.StartOutboxDeliverActivity(pending);
        try
        {
            // MassTransit does not observe the token everywhere: a send that waits for another one to declare the topology over a
            // half-open connection would never complete.
            var endpoint = await bus.GetSendEndpoint(destination).WaitAsync(cancellationToken);
            var sending = sent?.SendAsync(endpoint, pending, cancellationToken) ?? endpoint.Send(new SerializedMessageBody(), pending, cancellationToken);
            await sending.WaitAsync(cancellationToken);
            await (published?.SentAsync()).OrDone();
        }
        catch (Exception exception) when (SendFault.IsReturned(exception))
        {
            activity?.AddExceptionEvent(exception);
            if (metadata.Mandatory)
            {
                await (published?.FailedAsync(exception)).OrDone();
            }

            NobodyTakes(metadata, destination, exception);
            await (published?.SentAsync()).OrDone();
        }
        catch (Exception exception)
        {
            activity?.AddExceptionEvent(exception);
            await (published?.FailedAsync(exception)).OrDone();
            throw;
        }
        finally
        {
            activity?.Stop();
        }
    }

    /// <summary>
    /// Replaces host and port of the address by those of this bus: the process that staged the message may have used another name
    /// for the broker, or the broker may have moved since.
    /// </summary>
    public Uri OnThisBus(string destination)
    {
        var uri = new Uri(destination);
        return uri.Scheme == bus.Address.Scheme
            ? new UriBuilder(uri) { Host = bus.Address.Host, Port = bus.Address.Port }.Uri
            : uri;
    }

    /// <summary>
    /// In memory a queue that no consumer has takes a message, and nothing comes of it: its row would be in flight for ever. Only for what has to
    /// reach a queue, since the queue of an answer has no consumer either.
    /// </summary>
    private bool IsForMissingQueue(MessageMetadata metadata, Uri destination) =>
        metadata is { Mandatory: true, MessageTypes: [var name, ..] }
        && !consumers.IsQueue(ConsumerRegistry.QueueOf(destination))
        && types.FindByWireName(name) is { } type
        && bus.Topology.TryGetPublishAddress(type, out var published)
        && published.AbsolutePath != destination.AbsolutePath;

    /// <summary>
    /// Throws for a message that must reach a queue, so that its send is retried. Drops and counts an event without subscribers.
    /// </summary>
    private void NobodyTakes(MessageMetadata metadata, Uri destination, Exception? exception = null)
    {
        if (metadata.Mandatory)
        {
            throw NoQueueException.For(metadata, destination, exception);
        }

        unsubscribed.Add(metadata.MessageTypes);
    }
}
