using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>An endpoint with the outbox that has an outbox of MassTransit too stops the start.</summary>
public sealed class SecondInboxTests : StoreSuite
{
    [Fact]
    public async Task A_second_inbox_in_memory_stops_the_start()
    {
        var (withOutbox, byDefault) = (
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.UseOutbox(context);
                endpoint.UseInMemoryOutbox(context);
            }),
            await RefusedAsync((context, endpoint) => endpoint.UseInMemoryOutbox(context)));

        Assert.Contains("The endpoint heard has two inboxes: remove UseInMemoryOutbox", withOutbox, StringComparison.Ordinal);
        Assert.Contains("The endpoint heard has two inboxes: remove UseInMemoryOutbox", byDefault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_inbox_in_a_database_stops_the_start()
    {
        var (after, before, byDefault, several) = (
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.UseOutbox(context);
                endpoint.UseForeignOutbox(context);
            }),
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.UseForeignOutbox(context);
                endpoint.UseOutbox(context);
            }),
            await RefusedAsync((context, endpoint) => endpoint.UseForeignOutbox(context)),
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.UseOutbox(context);
                endpoint.UseForeignOutbox(context);
                endpoint.ConfigureConsumer<GreetConsumer>(context);
            }));

        Assert.All(
            [after, before, byDefault, several],
            refusal => Assert.Contains("The endpoint heard has two inboxes: remove UseEntityFrameworkOutbox", refusal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_excluded_endpoint_may_have_an_outbox_in_a_database()
    {
        await using var pipeline = await StartAsync((context, endpoint) =>
        {
            endpoint.WithoutOutbox(context);
            endpoint.UseForeignOutbox(context);
        });

        Assert.Null(pipeline.Services.GetRequiredService<IOutboxPipelines>().Find("heard"));
    }

    [Fact]
    public async Task Two_consumers_of_one_endpoint_are_no_second_inbox()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest,
            configureBus: (context, bus) => bus.ReceiveEndpoint("heard", endpoint =>
            {
                endpoint.UseOutbox(context);
                endpoint.ConfigureConsumer<HeardConsumer>(context);
                endpoint.Handler<Heard>(_ => Task.CompletedTask);
            }));

        await pipeline.Harness.Bus.Publish(new Heard("ann"), TestContext.Current.CancellationToken);

        await Eventually.True(() => pipeline.Script.Heard.Any(h => h.Name == "ann"), "it is consumed");
    }

    [Fact]
    public async Task An_excluded_endpoint_may_have_an_outbox_in_memory()
    {
        await using var pipeline = await StartAsync((context, endpoint) =>
        {
            endpoint.WithoutOutbox(context);
            endpoint.UseInMemoryOutbox(context);
        });

        await pipeline.Harness.Bus.Publish(new Heard("ann"), TestContext.Current.CancellationToken);

        await Eventually.True(() => pipeline.Script.Heard.Any(h => h.Name == "ann"), "it is consumed");
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private Task<PipelineUnderTest> StartAsync(Action<IBusRegistrationContext, IReceiveEndpointConfigurator> configure) => PipelineUnderTest.StartAsync(
        UnderTest,
        configureBus: (context, bus) => bus.ReceiveEndpoint("heard", endpoint =>
        {
            configure(context, endpoint);
            endpoint.ConfigureConsumer<HeardConsumer>(context);
        }));

    private async Task<string> RefusedAsync(Action<IBusRegistrationContext, IReceiveEndpointConfigurator> configure)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(configure));
        Assert.Contains(nameof(OutboxConfigurationException), refusal.ToString(), StringComparison.Ordinal);
        return refusal.ToString();
    }
}
