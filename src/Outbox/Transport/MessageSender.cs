using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Sends a row over the bus: the stored bytes, the stored headers, to the stored address. Returns when the broker has
/// confirmed it.
/// </summary>
internal sealed class MessageSender(IBus bus, ConsumerRegistry consumers, IOutboxStore store)
{
    /// <summary>Whether messages outlive the process that they were sent to: true for a broker, false in memory.</summary>
    public bool TransportIsDurable { get; } = !IsInMemory(bus.Address);

    /// <summary>Whether a row stays until the consumers are done with it, and not only until it is sent.</summary>
    public bool ConsumersSettle => !TransportIsDurable && store.CanWaitForConsumers;

    public static bool IsInMemory(Uri address) => string.Equals(address.Scheme, "loopback", StringComparison.OrdinalIgnoreCase);

    /// <summary>The consumers that have to be done with a message, over a transport that is not durable.</summary>
    public int CountConsumers(OutboxMessage message) =>
        consumers.Count(MessageMetadata.FromJson(message.Metadata).MessageTypes, OnThisBus(message.Destination));

    public async Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // MassTransit logs each failed send with its stack trace; the dispatcher says it once for a whole batch.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var metadata = MessageMetadata.FromJson(message.Metadata);
        var destination = OnThisBus(message.Destination);
        if (!TransportIsDurable && metadata.Mandatory && consumers.Count(metadata.MessageTypes, destination) == 0)
        {
            throw new MessageException(typeof(OutboxMessage), "No consumer in this process takes the message.");
        }

        var pending = new PendingSend(message, metadata, ConsumersSettle);
        var activity = LogContext.Current?.StartOutboxDeliverActivity(pending);
        try
        {
            // Not all that MassTransit waits for heeds the token: a send that comes while another one declares the topology on a channel that
            // goes half-open is never heard of again.
            var endpoint = await bus.GetSendEndpoint(destination).WaitAsync(cancellationToken);
            await endpoint.Send(new SerializedMessageBody(), pending, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            activity?.AddExceptionEvent(exception);
            throw;
        }
        finally
        {
            activity?.Stop();
        }
    }

    /// <summary>The broker may have another name here, or have moved, since the message was staged.</summary>
    private Uri OnThisBus(string destination)
    {
        var uri = new Uri(destination);
        return uri.Scheme == bus.Address.Scheme
            ? new UriBuilder(uri) { Host = bus.Address.Host, Port = bus.Address.Port }.Uri
            : uri;
    }
}
