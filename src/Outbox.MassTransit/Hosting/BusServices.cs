using MassTransit;
using MassTransit.Middleware;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.MassTransit.Starting;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Pipelines;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Hosting;

/// <summary>Registers the outbox's services that use MassTransit.</summary>
internal static class BusServices
{
    public static void AddBusServices(this IBusRegistrationConfigurator services)
    {
        services.AddSingleton<IBusMessages, BusMessages>();
        services.AddSingleton<ConsumerIdentities>();
        services.AddSingleton<StagingEndpoints>();
        services.AddSingleton<DispatchObservers>();
        services.AddSingleton<BodyLimit>();
        services.AddSingleton<IMessageTransport, MessageSender>();
        services.AddScoped<IMessageScope, ConsumedMessageScope>();
        services.AddScoped<IMessageStager, MessageStager>();
        services.AddScoped<IOutboxContextFactory<TransactionalOutbox>, ExecutionContextFactory>();
        services.AddSingleton<ConfiguredEndpoints>();
        services.AddSingleton<IOutboxPipelines>(provider =>
        {
            _ = provider.GetRequiredService<IBus>(); // creating the bus configures the endpoints
            return provider.GetRequiredService<OutboxPipelines>();
        });
        services.AddHostedService(provider => new MissingServicesCheck(services, provider));
        services.AddHostedService<QueueTransportCheck>();
        services.AddHostedService<InboxCheck>();
        services.AddHostedService<UntakenTypesCheck>();
        services.AddHostedService<LostMembersCheck>();
        DirectBusCheck.AddTo(services);
        services.AddHostedService<PipelineLog>();
    }
}
