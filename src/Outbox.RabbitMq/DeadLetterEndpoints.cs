using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Adds two endpoints for each queue of this process, which move messages from its <c>_error</c> and <c>_skipped</c> queues to
/// the store. They must be added after the queues themselves.
/// </summary>
internal static class DeadLetterEndpoints
{
    /// <summary>Adds the endpoints, unless <see cref="OutboxOptions.CollectDeadLetters"/> is false.</summary>
    public static void CollectDeadLetters(this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        if (!context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters)
        {
            return;
        }

        foreach (var queue in context.GetRequiredService<ConsumerRegistry>().Names)
        {
            bus.Collect(context, queue, "_error", DeadLetterReason.Undelivered);
            bus.Collect(context, queue, "_skipped", DeadLetterReason.Skipped);
        }
    }

    private static void Collect(
        this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context, string queue, string suffix, DeadLetterReason reason) =>
        bus.ReceiveEndpoint(queue + suffix, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.SetErrorQueue();
            endpoint.UseExistingQueues(context, queue + suffix);
            endpoint.UseDeadLetterCollector(context, queue, reason);
        });
}
