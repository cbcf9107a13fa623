using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace UserOfTheLibrary;

/// <summary>What the README says of a host of one's own; <see cref="Messaging.Api.Tests.Docs.SampleTests"/> compares it, and it has no other using than that has.</summary>
internal static class LibraryHost
{
    public static async Task ConfigureAsync(IServiceCollection services, Microsoft.Extensions.Hosting.IHost host, string connectionString, string password)
    {
        services.AddMassTransit(x =>
        {
            x.AddConsumer<MyConsumer>();
            x.AddSagaStateMachine<OrderStateMachine, OrderState>().OutboxRepository(); // its state in the same transaction, table messaging.sagas
            x.AddOutbox(o => o                                                         // scoped IPublishEndpoint and ISendEndpointProvider, and the inbox everywhere
                .UsePostgreSql(connectionString)                                       // its tables in the schema messaging: schema: "…", tablePrefix: "…"
                .UseRabbitMq(r => { r.Host = "rabbit-1,rabbit-2"; r.Password = password; })); // the bus and its endpoints, in place of UsingRabbitMq
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
                endpoint.UseOutbox(context, new RetryOptions()));                      // optional: replicated queues, pause and rate limit, and a policy of its own
        });

        // Once for each version, before it starts: its tables, and yours from the assemblies that you name.
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);

        foreach (var pipeline in host.Services.GetRequiredService<IOutboxPipelines>().All)
        {
            Console.WriteLine(pipeline);
        }
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
