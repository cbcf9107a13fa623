using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Adds the inbox to endpoints that do not configure it, so that forgetting it loses nothing.</summary>
internal static class DefaultOutboxExtensions
{
    /// <summary>
    /// Endpoints of <c>ConfigureEndpoints</c> and those connected at run time are configured by MassTransit's callback, before
    /// any other callback; manually configured endpoints are configured by <c>ConfigureConsumer</c>.
    /// </summary>
    public static void AddDefaultOutbox(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddSingleton<EndpointPolicies>();
        configurator.TryAddEnumerable(ServiceDescriptor.Singleton<IReceiveEndpointObserver, MissingInboxObserver>());
        configurator.AddOptions<RetryOptions>().ValidateDataAnnotations().ValidateOnStart();
        configurator.Insert(0, ServiceDescriptor.Singleton(provider => Bind<IBus>.Create<IConfigureReceiveEndpoint>(
            new DefaultOutboxCallback(provider.GetRequiredService<Bind<IBus, IBusRegistrationContext>>().Value))));

        var inner = configurator.Last(s => s.ServiceType == typeof(Bind<IBus, IBusRegistrationContext>));
        configurator.Remove(inner);
        configurator.AddSingleton(provider => Bind<IBus>.Create<IBusRegistrationContext>(
            new OutboxRegistrationContext(((Bind<IBus, IBusRegistrationContext>)inner.ImplementationFactory!(provider)).Value)));
    }

    /// <summary>Whether the current bus registration has gone through <see cref="AddDefaultOutbox"/>.</summary>
    public static bool HasDefaultOutbox(this IServiceCollection services) =>
        services.Last(s => s.ServiceType == typeof(Bind<IBus, IBusRegistrationContext>)).ImplementationFactory?.Method.Module
            == typeof(DefaultOutboxExtensions).Module;

    /// <summary>Adds what the endpoint lacks once it is completely configured: delayed redelivery outside, the inbox inside.</summary>
    public static void UseDefaultOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        var policy = context.GetRequiredService<EndpointPolicies>().Of(endpoint);
        if (policy.HasDefaults || policy.HasInbox || policy.IsExcluded)
        {
            return;
        }

        policy.HasDefaults = true;
        context.GetRequiredService<ConsumerRegistry>().Add(endpoint.InputAddress);
        var pipeline = context.GetRequiredService<EndpointPolicies>().PipelineOf(endpoint);
        if (!policy.HasRetries)
        {
            var retry = context.GetRequiredService<IOptions<RetryOptions>>().Value;
            context.GetRequiredService<ExceptionNames>().Check(retry);
            pipeline.Policy = retry.WithoutImmediateRetries();
        }

        var inbox = new DefaultInboxObserver(endpoint, policy, context);
        endpoint.ConnectConsumerConfigurationObserver(inbox);
        endpoint.ConnectSagaConfigurationObserver(inbox);
    }

    private sealed class DefaultOutboxCallback(IRegistrationContext context) : IConfigureReceiveEndpoint
    {
        public void Configure(string name, IReceiveEndpointConfigurator configurator) => configurator.UseDefaultOutbox(context);
    }
}
