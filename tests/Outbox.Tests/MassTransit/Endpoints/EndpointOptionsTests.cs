using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>An endpoint that is configured in a way that the outbox cannot keep stops the start.</summary>
public sealed class EndpointOptionsTests : StoreSuite
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_concurrency_below_one_stops_the_start(int concurrency) =>
        Assert.Contains(
            "Concurrency of heard must be at least 1",
            await RefusedAsync((context, endpoint) => endpoint.UseOutbox(context, configure: outbox => outbox.Concurrency = concurrency)),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_instance_queue_has_no_concurrency_of_a_gate() =>
        Assert.Contains(
            "an instance queue has no gate: set ConcurrentMessageLimit",
            await RefusedAsync((context, endpoint) => endpoint.UseOutbox(context, configure: outbox => (outbox.IsInstance, outbox.Concurrency) = (true, 2))),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_instance_queue_has_no_priority() =>
        Assert.Contains(
            "leave out Priority",
            await RefusedAsync((context, endpoint) => endpoint.UseOutbox(context, configure: outbox => (outbox.IsInstance, outbox.Priority) = (true, QueuePriority.High))),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_endpoint_with_the_outbox_cannot_be_excluded() =>
        Assert.Contains(
            "The endpoint heard has both UseOutbox and WithoutOutbox",
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.UseOutbox(context);
                endpoint.WithoutOutbox(context);
            }),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_excluded_endpoint_cannot_have_the_outbox() =>
        Assert.Contains(
            "The endpoint heard has both UseOutbox and WithoutOutbox",
            await RefusedAsync((context, endpoint) =>
            {
                endpoint.WithoutOutbox(context);
                endpoint.UseOutbox(context);
            }),
            StringComparison.Ordinal);

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
