using MassTransit;
using MassTransit.DependencyInjection.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Wraps MassTransit's registration context to add the default outbox to each endpoint before its consumers or sagas are
/// configured.
/// </summary>
internal sealed class OutboxRegistrationContext(IBusRegistrationContext inner) : IBusRegistrationContext, ISetScopedConsumeContext
{
    public IEndpointNameFormatter EndpointNameFormatter => inner.EndpointNameFormatter;

    public void ConfigureConsumer(Type consumerType, IReceiveEndpointConfigurator configurator)
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureConsumer(consumerType, configurator);
    }

    public void ConfigureConsumer<T>(IReceiveEndpointConfigurator configurator, Action<IConsumerConfigurator<T>>? configure = null)
        where T : class, IConsumer
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureConsumer(configurator, configure);
    }

    public void ConfigureConsumers(IReceiveEndpointConfigurator configurator)
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureConsumers(configurator);
    }

    public void ConfigureSaga(Type sagaType, IReceiveEndpointConfigurator configurator)
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureSaga(sagaType, configurator);
    }

    public void ConfigureSaga<T>(IReceiveEndpointConfigurator configurator, Action<ISagaConfigurator<T>>? configure = null)
        where T : class, ISaga
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureSaga(configurator, configure);
    }

    public void ConfigureSagas(IReceiveEndpointConfigurator configurator)
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureSagas(configurator);
    }

    public void ConfigureExecuteActivity(Type activityType, IReceiveEndpointConfigurator configurator) =>
        inner.ConfigureExecuteActivity(activityType, configurator);

    public void ConfigureActivity(
        Type activityType, IReceiveEndpointConfigurator executeEndpointConfigurator, IReceiveEndpointConfigurator compensateEndpointConfigurator) =>
        inner.ConfigureActivity(activityType, executeEndpointConfigurator, compensateEndpointConfigurator);

    public void ConfigureActivityExecute(Type activityType, IReceiveEndpointConfigurator executeEndpointConfigurator, Uri compensateAddress) =>
        inner.ConfigureActivityExecute(activityType, executeEndpointConfigurator, compensateAddress);

    public void ConfigureActivityCompensate(Type activityType, IReceiveEndpointConfigurator compensateEndpointConfigurator) =>
        inner.ConfigureActivityCompensate(activityType, compensateEndpointConfigurator);

    public void ConfigureFuture(Type futureType, IReceiveEndpointConfigurator configurator)
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureFuture(futureType, configurator);
    }

    public void ConfigureFuture<T>(IReceiveEndpointConfigurator configurator)
        where T : class, ISaga
    {
        configurator.UseDefaultOutbox(this);
        inner.ConfigureFuture<T>(configurator);
    }

    public void ConfigureEndpoints<T>(IReceiveConfigurator<T> configurator, IEndpointNameFormatter? endpointNameFormatter)
        where T : IReceiveEndpointConfigurator =>
        inner.ConfigureEndpoints(configurator, endpointNameFormatter);

    public void ConfigureEndpoints<T>(
        IReceiveConfigurator<T> configurator, IEndpointNameFormatter? endpointNameFormatter, Action<IRegistrationFilterConfigurator>? configureFilter)
        where T : IReceiveEndpointConfigurator =>
        inner.ConfigureEndpoints(configurator, endpointNameFormatter, configureFilter);

    public IConfigureReceiveEndpoint GetConfigureReceiveEndpoints() => inner.GetConfigureReceiveEndpoints();

    public object? GetService(Type serviceType) => inner.GetService(serviceType);

    public IDisposable PushContext(IServiceScope scope, ConsumeContext context) => ((ISetScopedConsumeContext)inner).PushContext(scope, context);
}
