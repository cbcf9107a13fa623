using System.Diagnostics;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

/// <summary>Listeners belong to the process: these tests run while no other does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public static class Alone;

[Collection("alone")]
public sealed class SqliteAloneTraceTests : AloneTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

[Collection("alone")]
public sealed class PostgresAloneTraceTests : AloneTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What happens without a listener, and what begins a trace if there is one.</summary>
public abstract class AloneTraceTests : StoreSuite
{
    [Fact]
    public async Task A_process_without_a_listener_passes_the_trace_on()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var trace = new Activity("request").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        trace.TraceStateString = "vendor=1";
        pipeline.Script.Greet = (context, provider) =>
        {
            provider.GetRequiredService<IBackgroundTasks>().Add(new Greeted("later"), delay: TimeSpan.FromHours(1));
            return context.Publish(new Count("x"));
        };
        (string? Parent, string? State) received = default;
        pipeline.Script.Count = (context, _) =>
        {
            var headers = context.ReceiveContext.TransportHeaders;
            received = (headers.Get<string>("traceparent"), headers.Get<string>("tracestate"));
            return Task.CompletedTask;
        };

        Guid id;
        using (trace.Start())
        {
            id = await pipeline.AddAsync(new Greet("ann"));
        }

        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(trace.TraceId.ToHexString(), task.TraceId);
        await Eventually.True(() => received.Parent is not null, "what it publishes is consumed");
        Assert.Equal((trace.Id, "vendor=1"), received);
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"metadata LIKE '%\"Outbox-Cause\":\"00-{trace.TraceId}-%' AND metadata NOT LIKE '%trace%'"));
    }

    [Fact]
    public async Task Without_a_trace_a_row_carries_none()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromHours(1));

        Assert.Null((await pipeline.TaskAsync(id, TaskState.Scheduled)).TraceId);
        Assert.Equal(1, await UnderTest.CountAsync("outbox", "metadata NOT LIKE '%trace%' AND metadata NOT LIKE '%Cause%'"));
    }

    [Fact]
    public async Task A_message_without_a_trace_begins_one()
    {
        using var spans = new RecordedSpans { SamplesRoots = true };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = Guid.CreateVersion7();

        await pipeline.DeliverAsync(new Greet("ann"), "greet", id);

        await Eventually.True(() => spans.Of("process").Any(HasId), "it is recorded");
        var execution = spans.Of("process").Single(HasId);
        Assert.Equal((default, 0), (execution.ParentSpanId, execution.Links.Count()));

        bool HasId(Activity span) => span.GetTagItem("messaging.message.id") is string message && message == $"{id}";
    }
}
