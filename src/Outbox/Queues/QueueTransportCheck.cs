using MassTransit;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Refuses to start on a broker whose queues nobody counts: to <see cref="InMemoryQueueTransport"/> each of them is empty, and what waits there would be
/// taken for lost and sent again and again.
/// </summary>
internal sealed class QueueTransportCheck(IBus bus, IQueueTransport transport) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        transport is InMemoryQueueTransport && !InMemoryAddress.Is(bus.Address)
            ? throw new OutboxConfigurationException(
                $"The bus is at {bus.Address.Scheme}://{bus.Address.Host}, but the outbox cannot count the messages of its queues: what waits there would be taken "
                + "for lost and sent again. With RabbitMQ, reference Messaging.Outbox.RabbitMq and write AddOutbox(o => o.UsePostgreSql(…).UseRabbitMq(…)), which registers the bus, too, "
                + "in place of UsingRabbitMq; "
                + "with another broker, register an IQueueTransport of your own before AddOutbox.")
            : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
