using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Two endpoints beside each queue of this process, which take into the store what lies in its <c>_error</c> and its
/// <c>_skipped</c> queue, so that no stale copy stays there. Has to come after the queues themselves.
/// </summary>
public static class DeadLetterEndpoints
{
    /// <summary>Adds them, unless <see cref="OutboxOptions.CollectDeadLetters"/> says otherwise.</summary>
    public static void CollectDeadLetters(this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        if (!context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters)
        {
            return;
        }

        foreach (var queue in context.GetRequiredService<ConsumerQueues>().Names)
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
            endpoint.UseQueuesAsTheyAre(context, queue + suffix);
            endpoint.UseDeadLetterCollector(context, queue, reason);
        });
}
