using MassTransit;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>Creates the fast lane of an endpoint.</summary>
internal static class FastLaneConfigurationExtensions
{
    /// <summary>
    /// Creates the receiver to which the transport offers the deliveries of an endpoint. Called by
    /// <c>OutboxInstallation</c> after the queue gate and the inbox, which apply to the fast lane too.
    /// </summary>
    /// <returns>Null if the consumer is no <see cref="IStagingConsumer"/>, or consumes more than one message type.</returns>
    /// <exception cref="OutboxConfigurationException">The queue has no gate.</exception>
    public static FastLaneReceiver? CreateFastLaneReceiver(this IReceiveEndpointConfigurator configurator, IRegistrationContext context, Type consumer)
    {
        if (!consumer.IsAssignableTo(typeof(IStagingConsumer)) || MessageTypesOf(consumer) is not [var messageType])
        {
            return null;
        }

        var queue = ConsumerRegistry.QueueOf(configurator.InputAddress);
        var gate = context.GetRequiredService<QueueEndpoints>().Find(queue)?.Gate
            ?? throw new OutboxConfigurationException($"{queue} has no gate: call endpoint.UseOutbox(context).");
        var reader = (IFastLaneReader)ActivatorUtilities.CreateInstance(
            context, typeof(FastLaneReader<,>).MakeGenericType(consumer, messageType), configurator.InputAddress);
        return ActivatorUtilities.CreateInstance<FastLaneReceiver>(context, reader, gate);
    }

    private static Type[] MessageTypesOf(Type consumer) =>
        [.. consumer.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(i => i.GetGenericArguments()[0])];
}
