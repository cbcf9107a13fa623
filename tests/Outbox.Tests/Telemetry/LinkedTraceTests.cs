using System.Diagnostics;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteLinkedTraceTests : LinkedTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLinkedTraceTests : LinkedTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What runs later than its cause is a new trace with a link to it.</summary>
public abstract class LinkedTraceTests : StoreSuite
{
    [Fact]
    public async Task A_deferred_attempt_is_linked_to_the_failed_one()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        var failures = 3;
        pipeline.Script.Greet = (_, _) => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("no") : Task.CompletedTask;

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"));
        var executions = await spans.ExecutionsAsync(id, 4);

        Assert.Equal([request.TraceId, request.TraceId], executions.Take(2).Select(e => e.TraceId));
        AssertLinked(executions[2], executions[1]);
        Assert.Equal(executions[2].TraceId, executions[3].TraceId); // an immediate retry stays in the trace
        Assert.Single(spans.Of("enqueue", id)); // it is the same message
        Assert.Equal(request.TraceId.ToHexString(), (await pipeline.TaskAsync(id, TaskState.Succeeded)).TraceId);
    }

    [Fact]
    public async Task A_redriven_dead_letter_is_linked_to_the_last_attempt()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var fails = true;
        pipeline.Script.Greet = (_, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask;

        Guid id;
        using (spans.Request())
        {
            id = await pipeline.AddAsync(new Greet("ann"));
        }

        await pipeline.TaskAsync(id, TaskState.Failed);
        fails = false;
        await pipeline.RetryAsync(id);

        var executions = await spans.ExecutionsAsync(id, 2);
        Assert.Equal(["failed", "succeeded"], executions.Select(e => e.GetTagItem("outbox.outcome")));
        AssertLinked(executions[1], executions[0]);
    }

    [Fact]
    public async Task A_delayed_task_is_linked_to_its_request()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromMilliseconds(100));

        AssertLinked((await spans.ExecutionsAsync(id, 1))[0], Assert.Single(spans.Of("enqueue", id)));
    }

    [Fact]
    public async Task Each_later_task_of_a_chain_is_a_trace()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        var (first, second) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Greet("a"));
            return Task.FromResult((task.Id, task.Then(new Greet("b")).Id));
        });

        Assert.Equal(request.TraceId, (await spans.ExecutionsAsync(first, 1))[0].TraceId);
        AssertLinked((await spans.ExecutionsAsync(second, 1))[0], Assert.Single(spans.Of("enqueue", second)));
    }

    [Fact]
    public async Task Each_later_part_is_linked_to_the_one_before()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, provider) =>
        {
            var task = provider.GetRequiredService<ITaskContext>();
            if (task.Part < 2)
            {
                task.ContinueLater();
            }

            return Task.CompletedTask;
        };

        using var request = spans.Request();
        var parts = await spans.ExecutionsAsync(await pipeline.AddAsync(new Greet("ann")), 3);

        AssertLinked(parts[1], parts[0]);
        AssertLinked(parts[2], parts[1]);
    }

    [Fact]
    public async Task A_retry_is_linked_to_the_execution_that_was_cancelled()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var release = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => release.Task;

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Running);
        await pipeline.CancelAsync(id);
        release.SetResult();
        var cancelled = (await spans.ExecutionsAsync(id, 1))[0];
        await pipeline.RetryAsync(id);

        Assert.Equal("cancelled", cancelled.GetTagItem("outbox.outcome"));
        AssertLinked((await spans.ExecutionsAsync(id, 2))[1], cancelled);
    }

    private static void AssertLinked(Activity span, Activity cause)
    {
        Assert.NotEqual(cause.TraceId, span.TraceId);
        Assert.Equal(default, span.ParentSpanId);
        Assert.Equal([cause.SpanId], span.Links.Select(l => l.Context.SpanId));
    }
}
