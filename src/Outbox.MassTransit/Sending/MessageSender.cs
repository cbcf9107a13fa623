using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Sends outbox rows: the stored body and headers to the stored address. Completes after the broker has confirmed them.</summary>
/// <remarks>
/// MassTransit sends the first message to an address (<see cref="BusSender"/>), which declares the topology. Later messages to it use the fast lane
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
    MessageSigner signer,
    BodyLimit bodies) : IMessageTransport
{
    /// <summary>The maximum number of remembered addresses. A process has fewer message types; more addresses are those of replies.</summary>
    private const int MaxDeclared = 1_000;

    /// <summary>How often a message is sent whose channel the broker has closed because of another one.</summary>
    private const int MaxTries = 3;

    private static readonly TimeSpan PauseAfterClose = TimeSpan.FromMilliseconds(100);

    private readonly BusSender _bus = new(bus, consumers, types, outbox, unsubscribed);

    /// <summary>Addresses to which MassTransit has sent a message, so that their topology is declared.</summary>
    private readonly ConcurrentDictionary<string, Uri> _declared = new(StringComparer.Ordinal);

    public bool IsDurable => _bus.IsDurable;

    public bool ConsumersSettle => _bus.ConsumersSettle;

    public bool IsUp => bus.CheckHealth().Status != BusHealthStatus.Unhealthy;

    public int CountConsumers(OutboxMessage message) =>
        consumers.Count(MessageMetadata.FromJson(message.Metadata).MessageTypes, _bus.OnThisBus(message.Destination));

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
                    await SendByBusAsync(outgoing, cancellationToken);
                    DeclareTopology(outgoing.Row.Destination);
                }
                catch (Exception exception)
                {
                    failures.Enqueue(Unsent(outgoing, exception));
                }
            });
        return failures;
    }

    /// <summary>
    /// All sends of the bus share a channel, which the broker closes when one of their messages is too large. That one is not sent again; the others are, since nothing is wrong with them.
    /// </summary>
    private async Task SendByBusAsync(Outgoing outgoing, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            ThrowIfTooLarge(outgoing);
            try
            {
                await _bus.SendAsync(outgoing, cancellationToken);
                return;
            }
            catch (Exception exception) when (bodies.Learn(exception))
            {
                ThrowIfTooLarge(outgoing);
                if (tries == MaxTries)
                {
                    throw;
                }
            }

            await Task.Delay(PauseAfterClose * tries, cancellationToken);
        }
    }

    private void ThrowIfTooLarge(Outgoing outgoing)
    {
        if (bodies.Bytes is { } max && bodies.IsExceededBy(outgoing.Row))
        {
            throw MessageTooLargeException.OfBody(outgoing.Row.Body.Length, max);
        }

        if (IsDurable && HeaderLimit.ExceededBy(outgoing) is { } bytes)
        {
            throw MessageTooLargeException.OfHeaders(bytes, HeaderLimit.Bytes);
        }
    }

    private static UnsentMessage Unsent(Outgoing outgoing, Exception exception) => new(outgoing.Row, exception, SendFault.IsMessages(exception));

    /// <returns>The messages that MassTransit has to send.</returns>
    private async Task<IReadOnlyList<Outgoing>> PublishAsync(
        IReadOnlyList<Outgoing> all, ConcurrentQueue<UnsentMessage> failures, CancellationToken cancellationToken)
    {
        var (rest, fastLane, complete) = (new List<Outgoing>(), new List<Outgoing>(), new List<CompleteMessage>());
        foreach (var outgoing in all)
        {
            if (IsDurable && outgoing.IsPlain() && !bodies.IsExceededBy(outgoing.Row) && HeaderLimit.ExceededBy(outgoing) is null && _declared.TryGetValue(outgoing.Row.Destination, out var destination))
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

        _declared.TryAdd(destination, _bus.OnThisBus(destination));
    }
}
