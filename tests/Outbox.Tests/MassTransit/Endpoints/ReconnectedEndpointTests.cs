using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Queues;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>An endpoint that is connected at run time, stopped, and connected again under the same name.</summary>
public sealed class ReconnectedEndpointTests : StoreSuite
{
    private const string Queue = "late";

    [Fact]
    public async Task A_reconnected_endpoint_consumes()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await ReconnectAsync(pipeline);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("ann")), TaskState.Succeeded);
    }

    [Fact]
    public async Task A_reconnected_endpoint_can_be_paused()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await ReconnectAsync(pipeline);
        await pipeline.PauseAsync(Queue);

        var held = await pipeline.AddAsync(new Heard("held"));
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greeted("other")), TaskState.Succeeded);
        await Task.Delay(300);

        Assert.DoesNotContain("held", pipeline.Script.Heard.Select(h => h.Name));
        await pipeline.ChangeAsync(c => c.ResumeAsync(Queue, "ann"));
        await pipeline.TaskAsync(held, TaskState.Succeeded);
    }

    [Fact]
    public async Task The_limits_of_the_latest_configuration_count()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var first = await ConnectAsync(pipeline, options => (options.Concurrency, options.Priority) = (2, QueuePriority.Low));
        await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("first")), TaskState.Succeeded);
        await first.StopAsync(TestContext.Current.CancellationToken);
        var release = new TaskCompletionSource();
        pipeline.Script.Hear = _ => release.Task;

        await ConnectAsync(pipeline, options => (options.Concurrency, options.Priority) = (3, QueuePriority.High));

        var tasks = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            tasks.Add(await pipeline.AddAsync(new Heard($"{i}")));
        }

        var queue = pipeline.Services.GetRequiredService<QueueEndpoints>().Find(Queue)!;
        await Eventually.True(() => (queue.Gate.Running, queue.Gate.Arrived) == (3, 5), "three run, and two wait");
        release.SetResult();
        Assert.Equal((3, QueuePriority.High), (queue.Concurrency, queue.Priority));
        Assert.Contains("Queue late is configured again: 3 at once, priority High; before, 2 and Low. Configure it once", pipeline.Logs.Lines);
        await Task.WhenAll(tasks.Select(id => pipeline.TaskAsync(id, TaskState.Succeeded)));
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private static async Task ReconnectAsync(PipelineUnderTest pipeline)
    {
        var first = await ConnectAsync(pipeline);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("first")), TaskState.Succeeded);
        await pipeline.QueueAsync(Queue);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await ConnectAsync(pipeline);
    }

    private static async Task<HostReceiveEndpointHandle> ConnectAsync(PipelineUnderTest pipeline, Action<EndpointOutboxOptions>? configure = null)
    {
        var handle = pipeline.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint(
            Queue,
            (context, endpoint) =>
            {
                endpoint.UseOutbox(context, PipelineUnderTest.Quick(), configure);
                endpoint.ConfigureConsumer<HeardConsumer>(context);
            });
        await handle.Ready;
        return handle;
    }
}
