using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace UserOfTheLibrary;

/// <summary>What the README says of a host of one's own; <see cref="Messaging.Api.Tests.Docs.SampleTests"/> compares it, and it has no other using than that has.</summary>
internal static class LibraryHost
{
    public static async Task ConfigureAsync(IServiceCollection services, Microsoft.Extensions.Hosting.IHost host, string connectionString, string password)
    {
        var retry = new RetryOptions();
        services.AddMassTransit(x =>
        {
            x.AddConsumer<MyConsumer>();
            x.AddSagaStateMachine<OrderStateMachine, OrderState>().OutboxRepository(); // its state in the same transaction, table messaging.sagas
            x.AddTransactionalOutbox(o => o                                        // scoped IPublishEndpoint and ISendEndpointProvider, and the inbox everywhere
                .UsePostgreSql(connectionString)                                     // its tables in the schema messaging: schema: "…", tablePrefix: "…"
                .UseRabbitMq(r => { r.Host = "rabbit-1,rabbit-2"; r.Password = password; })); // without it, a bus on RabbitMQ does not start
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>             // optional: an endpoint without it has redelivery and inbox by themselves
            {
                endpoint.UseQuorumQueue(context, retry);                          // a replicated queue, and the broker's consumer timeout
                endpoint.UseQueueGate(context);                                   // outermost: pause, concurrency, rate limit
                endpoint.UseDelayedRedelivery(context, retry);                    // ours, not MassTransit's of the same name
                endpoint.UseTransactionalOutbox(context);                         // the inbox, innermost
            });
            x.UsingRabbitMq((context, bus) =>
            {
                bus.UseOutboxHost(context);                                       // the nodes, and how they are watched
                bus.ConfigureEndpoints(context);
                bus.CollectDeadLetters(context);
            });
        });

        // Once for each version, before it starts: its tables, and yours from the assemblies that you name.
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
    }

    private sealed class MyConsumer : IConsumer<OrderPlaced>
    {
        public Task Consume(ConsumeContext<OrderPlaced> context) => Task.CompletedTask;
    }

    private sealed class OrderStateMachine : MassTransitStateMachine<OrderState>;

    private sealed class OrderState : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }
    }
}

internal sealed record OrderPlaced(Guid Id);
