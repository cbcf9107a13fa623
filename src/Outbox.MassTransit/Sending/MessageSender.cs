using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Sends outbox rows: the stored body and headers to the stored address. Completes after the broker has confirmed them.</summary>
/// <remarks>
/// MassTransit sends the first message to an address, which declares the topology. Later messages to it use the fast lane
/// (<see cref="IMessagePublisher"/>), which is more than twice as fast. If the fast lane fails for a message, MassTransit sends it
/// and reports the error. Observers are notified in both cases.
/// </remarks>
internal sealed class MessageSender(
    IBusControl bus,
    ConsumerRegistry consumers,
    MessageTypes types,
    QueueDirectory queues,
    IOutboxStore outbox,
    IMessagePublisher publisher,
    UnsubscribedEvents unsubscribed,
    DispatchObservers observers,
    MessageSigner signer) : IMessageTransport
{
    /// <summary>The maximum number of remembered addresses. A process has fewer message types; more addresses are those of replies.</summary>
    private const int MaxDeclared = 1_000;

    /// <summary>Addresses to which MassTransit has sent a message, so that their topology is declared.</summary>
    private readonly ConcurrentDictionary<string, Uri> _declared = new(StringComparer.Ordinal);

    public bool IsDurable { get; } = !InMemoryAddress.Is(bus.Address);

    public bool ConsumersSettle => !IsDurable && outbox.CanWaitForConsumers;

    public bool IsUp => bus.CheckHealth().Status != BusHealthStatus.Unhealthy;

    public int CountConsumers(OutboxMessage message) =>
        consumers.Count(MessageMetadata.FromJson(message.Metadata).MessageTypes, OnThisBus(message.Destination));

    public async Task<IReadOnlyCollection<UnsentMessage>> SendAsync(
        IReadOnlyList<OutboxMessage> messages, int outstanding, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentQueue<UnsentMessage>();
        var outgoings = messages.Select(m => new Outgoing(m, queues, signer)).ToList();
        if (observers.AreConnected)
        {
            outgoings.ForEach(o => o.Find(observers));
        }

        await Parallel.ForEachAsync(
            await PublishAsync(outgoings, failures, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = outstanding },
            async (outgoing, _) =>
            {
                try
                {
                    await SendAsync(outgoing, cancellationToken);
                    DeclareTopology(outgoing.Row.Destination);
                }
                catch (Exception exception)
                {
                    failures.Enqueue(Unsent(outgoing, exception));
                }
            });
        return failures;
    }

    private static UnsentMessage Unsent(Outgoing outgoing, Exception exception) => new(outgoing.Row, exception, SendFault.IsMessages(exception));

    /// <returns>The messages that MassTransit has to send.</returns>
    private async Task<IReadOnlyList<Outgoing>> PublishAsync(
        IReadOnlyList<Outgoing> all, ConcurrentQueue<UnsentMessage> failures, CancellationToken cancellationToken)
    {
        var (rest, fastLane, complete) = (new List<Outgoing>(), new List<Outgoing>(), new List<CompleteMessage>());
        foreach (var outgoing in all)
        {
            if (IsDurable && outgoing.IsPlain() && _declared.TryGetValue(outgoing.Row.Destination, out var destination))
            {
                if (outgoing.Notice is { } notice && await ObjectionAsync(notice) is { } objection)
                {
                    failures.Enqueue(Unsent(outgoing, objection));
                    continue;
                }

                fastLane.Add(outgoing);
                complete.Add(outgoing.ToComplete(destination));
            }
            else
            {
                rest.Add(outgoing);
            }
        }

        var results = complete.Count > 0 ? await publisher.PublishAsync(complete, cancellationToken) : [];
        for (var i = 0; i < fastLane.Count; i++)
        {
            switch (results[i])
            {
                case PublishResult.Confirmed:
                    break;
                case PublishResult.Unsubscribed:
                    unsubscribed.Add(fastLane[i].Metadata.MessageTypes);
                    break;
                default:
                    rest.Add(fastLane[i]);
                    _declared.TryRemove(fastLane[i].Row.Destination, out var _);
                    continue;
            }

            await (fastLane[i].Notice?.SentAsync()).OrDone();
        }

        return rest;
    }

    private static async Task<Exception?> ObjectionAsync(DispatchObservers.Notice notice)
    {
        try
        {
            await notice.SendingAsync();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void DeclareTopology(string destination)
    {
        if (_declared.Count >= MaxDeclared)
        {
            _declared.Clear();
        }

        _declared.TryAdd(destination, OnThisBus(destination));
    }

    private async Task SendAsync(Outgoing outgoing, CancellationToken cancellationToken)
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

    /// <summary>
    /// Replaces host and port of the address by those of this bus: the process that staged the message may have used another name
    /// for the broker, or the broker may have moved since.
    /// </summary>
    private Uri OnThisBus(string destination)
    {
        var uri = new Uri(destination);
        return uri.Scheme == bus.Address.Scheme
            ? new UriBuilder(uri) { Host = bus.Address.Host, Port = bus.Address.Port }.Uri
            : uri;
    }
}
