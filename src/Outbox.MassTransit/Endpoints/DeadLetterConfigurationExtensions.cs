using MassTransit;
using MassTransit.Middleware;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Configures where an endpoint's dead letters go.</summary>
internal static class DeadLetterConfigurationExtensions
{
    /// <summary>
    /// Moves messages from a queue's <c>_error</c> or <c>_skipped</c> queue to the store. Call it for a receive endpoint on the
    /// <c>_error</c> or <c>_skipped</c> queue; the endpoint must have no consumers.
    /// </summary>
    /// <param name="configurator">The endpoint.</param>
    /// <param name="context">The registration context.</param>
    /// <param name="queue">The queue to which the messages were sent originally.</param>
    /// <param name="reason">The reason of dead letters whose headers contain none.</param>
    public static void UseDeadLetterCollector(
        this IReceiveEndpointConfigurator configurator, IRegistrationContext context, string queue, DeadLetterReason reason)
    {
        configurator.UseSignatures(context, queue);
        configurator.ConfigureReceive(receive => receive.UseFilter(new DeadLetterCollector(
            queue,
            reason,
            context.GetRequiredService<DeadLettering>())));
    }

    /// <summary>
    /// Verifies signatures (<see cref="SignatureFilter"/>) if signing keys are configured. Call it before any other receive
    /// filter is added.
    /// </summary>
    internal static void UseSignatures(this IReceiveEndpointConfigurator configurator, IRegistrationContext context, string queue)
    {
        var signer = context.GetRequiredService<MessageSigner>();
        if (signer.IsOn)
        {
            var outlives = !context.GetRequiredService<ConsumerRegistry>().IsInstance(queue);
            configurator.ConfigureReceive(receive => receive.UseFilter(new SignatureFilter(queue, signer, context.GetRequiredService<RefusedMessages>(), outlives)));
        }
    }

    /// <summary>
    /// Configures MassTransit's error and dead-letter pipes. If dead letters are collected, they go to the store and not to the
    /// <c>_error</c> and <c>_skipped</c> queues. Otherwise the task is set to Failed and the message goes to the error queue.
    /// </summary>
    internal static void UseDeadLetters(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
    {
        var collect = context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters
            || InMemoryAddress.Is(configurator.InputAddress); // its error queues are lost with the process
        var letters = context.GetRequiredService<DeadLettering>();
        configurator.ConfigureError(error =>
        {
            error.UseFilter(new DeadLetteringFilter(letters, keep: collect));
            error.UseFilter(new GenerateFaultFilter());
            if (!collect)
            {
                error.UseFilter(new ErrorTransportFilter());
            }
        });
        if (collect)
        {
            configurator.ConfigureDeadLetter(skipped => skipped.UseFilter(new SkippedFilter(letters)));
        }
    }

    /// <summary>Sets the task of a failed message to Failed, and discards the message; skipped messages are discarded too.</summary>
    internal static void UseNoDeadLetters(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
    {
        configurator.ConfigureError(error =>
        {
            error.UseFilter(new DeadLetteringFilter(context.GetRequiredService<DeadLettering>(), keep: false));
            error.UseFilter(new GenerateFaultFilter());
        });
        configurator.DiscardSkippedMessages();
    }
}
