using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Fails the start if a broker has no <see cref="IQueueTransport"/> of its own: <see cref="InMemoryQueueTransport"/> would report
/// empty queues, so messages that wait in them would be treated as lost and sent again.
/// </summary>
internal sealed class QueueTransportCheck(IBus bus, IQueueTransport transport) : StartCheck
{
    protected override void Check()
    {
        if (transport is InMemoryQueueTransport && !InMemoryAddress.Is(bus.Address))
        {
            throw new OutboxConfigurationException(
                $"The bus is at {bus.Address.Scheme}://{bus.Address.Host}, but the outbox cannot count the messages of its queues: messages in them would be treated "
                + "as lost and sent again. With RabbitMQ, reference Messaging.Outbox.RabbitMq and write AddOutbox(o => o.UsePostgreSql(…).UseRabbitMq(…)), which also registers the bus "
                + "instead of UsingRabbitMq; "
                + "with another broker, register your own IQueueTransport before AddOutbox.");
        }
    }
}
