using Messaging.Outbox.Queues;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.FastLane;

/// <summary>The token of a consumer in the fast lane.</summary>
public sealed class ConsumerTokenTests : StoreSuite
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public void A_running_consumer_is_cancelled_when_its_endpoint_stops()
    {
        using var stop = new CancellationTokenSource();
        var delivery = new FakeDelivery(Guid.NewGuid(), "ann") { Stopping = stop.Token };
        var token = delivery.CancellationToken;

        stop.Cancel();

        Assert.True(token.IsCancellationRequested);
        Assert.True(new FakeDelivery(Guid.NewGuid(), "ann") { Stopping = stop.Token }.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public void A_consumer_that_has_ended_leaves_no_registration()
    {
        using var stop = new CancellationTokenSource();
        var delivery = new FakeDelivery(Guid.NewGuid(), "ann") { Stopping = stop.Token };
        var late = new FakeDelivery(Guid.NewGuid(), "bob") { Stopping = stop.Token };
        var token = delivery.CancellationToken;
        delivery.EndConsumer();
        late.EndConsumer();
        var lateToken = late.CancellationToken;

        stop.Cancel();

        Assert.False(token.IsCancellationRequested);
        Assert.False(lateToken.IsCancellationRequested);
        using var registration = token.Register(() => { }); // code that the consumer has left behind may still hold it
        delivery.Cancel();
    }

    [Fact]
    public async Task An_answered_delivery_leaves_no_registration()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        CancellationToken token = default;
        pipeline.Script.Jot = (context, _) =>
        {
            token = context.CancellationToken;
            return Task.CompletedTask;
        };
        var delivery = new FakeDelivery(Guid.CreateVersion7(), "ann");
        Assert.True(pipeline.Script.Direct!.TryTake(delivery));
        Assert.Equal("acknowledged", await delivery.Answer);
        var gate = pipeline.Services.GetRequiredService<QueueEndpoints>().Find("jot")!.Gate;
        var stopped = new TaskCompletionSource();
        using var registration = gate.Stopping.Register(stopped.SetResult);

        gate.Refuse(true);
        await stopped.Task;
        gate.Refuse(false);

        Assert.True(token.CanBeCanceled);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_token_that_is_read_during_the_wait_is_cancelled()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var waits = new TaskCompletionSource();
        var token = new TaskCompletionSource<CancellationToken>();
        pipeline.Script.Jot = async (context, _) =>
        {
            await waits.Task;
            token.SetResult(context.CancellationToken);
        };
        var delivery = new FakeDelivery(Guid.CreateVersion7(), "ann");
        Assert.True(pipeline.Script.Direct!.TryTake(delivery));
        await Eventually.True(() => delivery.IsCancelled, "the lane does not wait for it");
        waits.SetResult();

        Assert.True((await token.Task).IsCancellationRequested);
        Assert.Equal("passed to the pipeline", await delivery.Answer);
    }
}
