using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Sending;

public sealed class SqliteObserverTests : ObserverTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresObserverTests : ObserverTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What MassTransit's test harness, and other observers, see of messages that go through the outbox.</summary>
public abstract class ObserverTests : StoreSuite
{
    [Fact]
    public async Task A_published_message_is_among_the_published_ones()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = Guid.CreateVersion7();

        await pipeline.InUnitAsync(async (IPublishEndpoint endpoint) =>
        {
            await endpoint.Publish(new Greet("ann"), context => (context.MessageId, context.CorrelationId) = (id, id));
            return true;
        });

        Assert.True(await pipeline.Harness.Published.Any<Greet>(p => p.Context.Message.Name == "ann"));
        var published = Assert.Single(await pipeline.PublishedAsync<Greet>());
        Assert.Equal((id, id), (published.Context.MessageId, published.Context.CorrelationId));
        Assert.Empty(await pipeline.SentAsync<Greet>());
    }

    [Fact]
    public async Task A_sent_message_is_among_the_sent_ones()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await pipeline.InUnitAsync(async (ISendEndpointProvider provider) =>
        {
            await (await provider.GetSendEndpoint(new Uri("queue:greet"))).Send(new Greet("ann"));
            return true;
        });

        await Eventually.True(() => pipeline.Script.Greets.Count == 1, "it is consumed");
        Assert.True(await pipeline.Harness.Sent.Any<Greet>(s => s.Context.Message.Name == "ann"));
        Assert.Empty(await pipeline.PublishedAsync<Greet>());
    }

    [Fact]
    public async Task A_task_and_what_its_consumer_publishes_are_published()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, _) => context.Publish(new Greeted(context.Message.Name));

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.True(await pipeline.Harness.Published.Any<Greet>());
        Assert.True(await pipeline.Harness.Published.Any<Greeted>(p => p.Context.Message.Name == "ann"));
    }

    [Fact]
    public async Task What_is_not_committed_is_not_published()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("dropped"));
        }

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("after")), TaskState.Succeeded);

        Assert.Equal("after", Assert.Single(await pipeline.PublishedAsync<Greet>()).Context.Message.Name);
    }

    [Fact]
    public async Task An_observer_hears_before_and_after_and_may_object()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var observer = new Observer();
        using var handle = pipeline.Harness.Bus.ConnectPublishObserver(observer);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        // It hears after the message has gone, which may be consumed by then.
        await Eventually.True(
            () => pipeline.Logs.Lines.Any(l => l.Contains("An observer of sent messages failed", StringComparison.Ordinal)), "its failure is logged");
        Assert.Equal(["pre ann", "pre ann", "post ann"], observer.Heard); // it objected once, and the message was sent again later
        Assert.Single(pipeline.Script.Greets); // its failure afterwards sent nothing again
    }

    private sealed class Observer : IPublishObserver
    {
        public ConcurrentQueue<string> Heard { get; } = new();

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class
        {
            Hear("pre", context);
            return Heard.Count == 1 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        }

        public Task PostPublish<T>(PublishContext<T> context)
            where T : class
        {
            Hear("post", context);
            throw new InvalidOperationException("too late");
        }

        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class
        {
            Hear("fault", context);
            return Task.CompletedTask;
        }

        private void Hear<T>(string what, PublishContext<T> context)
            where T : class
        {
            if (context.Message is Greet greet)
            {
                Heard.Enqueue($"{what} {greet.Name}");
            }
        }
    }
}
