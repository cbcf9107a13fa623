using MassTransit;
using Messaging.Outbox.MassTransit.Instances;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Adds consumers that run in every process.</summary>
public static class InstanceConsumerExtensions
{
    /// <summary>
    /// Adds a consumer of which every process gets every message, for example to drop what it has cached. Its queue belongs to the
    /// process and is deleted with the connection (<see cref="EndpointOutboxOptions.IsInstance"/>): it has the inbox and the immediate
    /// retries of the configured <see cref="RetryOptions"/>, but no deferred attempts, no gate and no dead letters. It consumes 16
    /// messages at once.
    /// </summary>
    /// <remarks>
    /// <see cref="IInstanceEndpoint{TConsumer}"/>, a singleton, tells whether the process is connected. A task is completed when the
    /// first process has finished it.
    /// </remarks>
    /// <param name="configurator">MassTransit's registration.</param>
    public static void AddInstanceConsumer<TConsumer>(this IBusRegistrationConfigurator configurator)
        where TConsumer : class, IConsumer
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.AddSingleton<InstanceEndpoint<TConsumer>>();
        configurator.AddSingleton<IInstanceEndpoint<TConsumer>>(provider => provider.GetRequiredService<InstanceEndpoint<TConsumer>>());
        configurator.AddConsumer<TConsumer, InstanceConsumerDefinition<TConsumer>>();
    }
}
