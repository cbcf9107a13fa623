using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Adds the inbox to endpoints that do not call <c>UseOutbox</c>, so that a forgotten call loses no work.</summary>
internal static class DefaultOutboxExtensions
{
    /// <summary>
    /// Hooks into both ways in which MassTransit configures an endpoint. Endpoints of <c>ConfigureEndpoints</c>, and those
    /// connected at run time, call a callback, which is registered as the first one. Endpoints that the application configures
    /// itself call <c>ConfigureConsumer</c> on the registration context, which is wrapped.
    /// </summary>
    public static void AddDefaultOutbox(this IBusRegistrationConfigurator configurator)
    {
        configurator.TryAddEnumerable(ServiceDescriptor.Singleton<IReceiveEndpointObserver, MissingInboxObserver>());
        configurator.AddOptions<RetryOptions>().ValidateDataAnnotations().ValidateOnStart();
        configurator.Insert(0, ServiceDescriptor.Singleton(provider => Bind<IBus>.Create<IConfigureReceiveEndpoint>(
            new DefaultOutboxCallback(provider.GetRequiredService<Bind<IBus, IBusRegistrationContext>>().Value))));

        var inner = configurator.Last(s => s.ServiceType == typeof(Bind<IBus, IBusRegistrationContext>));
        configurator.Remove(inner);
        configurator.AddSingleton(provider => Bind<IBus>.Create<IBusRegistrationContext>(
            new OutboxRegistrationContext(((Bind<IBus, IBusRegistrationContext>)inner.ImplementationFactory!(provider)).Value)));
    }

    /// <summary>Whether <see cref="AddDefaultOutbox"/> was called for the latest bus registration.</summary>
    public static bool HasDefaultOutbox(this IServiceCollection services) =>
        services.Last(s => s.ServiceType == typeof(Bind<IBus, IBusRegistrationContext>)).ImplementationFactory?.Method.Module
            == typeof(DefaultOutboxExtensions).Module;

    /// <summary>
    /// Sets the configured retry policy, without immediate retries, unless the endpoint has retries, and adds the inbox when its
    /// first consumer or saga is configured. Changes nothing if the endpoint has the inbox already or is excluded from it.
    /// </summary>
    public static void UseDefaultOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        var endpoints = context.GetRequiredService<ConfiguredEndpoints>();
        var configured = endpoints.Of(endpoint);
        if (configured.HasDefaults || configured.HasInbox || configured.IsExcluded)
        {
            return;
        }

        configured.HasDefaults = true;
        context.GetRequiredService<ConsumerRegistry>().Add(endpoint.InputAddress);
        var pipeline = endpoints.PipelineOf(endpoint);
        if (!configured.HasRetries)
        {
            var retry = context.GetRequiredService<IOptions<RetryOptions>>().Value;
            context.GetRequiredService<ExceptionNames>().Check(retry);
            pipeline.Policy = retry.WithoutImmediateRetries();
        }

        var inbox = new DefaultInboxObserver(endpoint, configured, context);
        endpoint.ConnectConsumerConfigurationObserver(inbox);
        endpoint.ConnectSagaConfigurationObserver(inbox);
    }

    private sealed class DefaultOutboxCallback(IRegistrationContext context) : IConfigureReceiveEndpoint
    {
        public void Configure(string name, IReceiveEndpointConfigurator configurator) => configurator.UseDefaultOutbox(context);
    }
}
