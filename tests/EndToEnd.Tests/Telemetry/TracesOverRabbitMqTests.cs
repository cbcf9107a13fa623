using System.Diagnostics;
using Messaging.Outbox;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The spans of each flow over RabbitMQ and PostgreSQL; tests/Outbox.Tests/Telemetry has them in memory, over both stores.</summary>
[Collection("broker")]
public sealed class TracesOverRabbitMqTests
{
    [Theory]
    [InlineData]
    [InlineData("MassTransit")]
    [InlineData("RabbitMQ.Client.Publisher", "RabbitMQ.Client.Subscriber")]
    public async Task A_task_runs_in_its_trace_whoever_else_listens(params string[] others)
    {
        using var spans = new RecordedSpans(others) { SamplesOthersEverywhere = true };
        await using var host = await TracedHost.StartAsync();
        using var request = spans.Request();
        for (var i = 0; i < 2; i++) // the first goes over MassTransit, the second past it
        {
            var (walk, jot) = (await host.AddAsync(new Walk("ann")), await host.AddAsync(new Jot("ann")));

            foreach (var (id, execution) in new[] { (walk, (await spans.ExecutionsAsync(walk, 1))[0]), (jot, (await spans.ExecutionsAsync(jot, 1))[0]) })
            {
                var enqueue = Assert.Single(spans.Of("enqueue", id));
                Assert.Equal((request.TraceId, enqueue.SpanId), (execution.TraceId, execution.ParentSpanId));
                Assert.Equal(("succeeded", "rabbitmq"), (execution.GetTagItem("outbox.outcome"), execution.GetTagItem("messaging.system")));
                await spans.LinkedAsync("dispatch", enqueue);
                await spans.LinkedAsync("commit", execution);
                Assert.Equal(request.TraceId.ToHexString(), (await host.TaskAsync(id, TaskState.Succeeded)).TraceId);
            }

            Assert.StartsWith("FastLaneConsumeContext", host.Steps.JotContext);
        }
    }

    [Fact]
    public async Task Later_attempts_and_redrives_are_linked_to_the_attempt_before()
    {
        using var spans = new RecordedSpans();
        await using var host = await TracedHost.StartAsync(
            new RetryOptions { ImmediateRetries = 1, ImmediateDelay = TimeSpan.FromMilliseconds(1), DelayedRetries = 1, FirstDelay = TimeSpan.FromMilliseconds(10) });
        var fails = true;
        host.Steps.Walk = _ => fails ? throw new InvalidOperationException("ann@example.org") : Task.CompletedTask;

        using var request = spans.Request();
        var id = await host.AddAsync(new Walk("ann@example.org"));
        await host.TaskAsync(id, TaskState.Failed);
        fails = false;
        await host.InUnitAsync((ITaskControl control) => control.RetryAsync(id, "ann"));
        var executions = await spans.ExecutionsAsync(id, 5);

        Assert.Equal(["failed", "failed", "failed", "failed", "succeeded"], executions.Select(e => e.GetTagItem("outbox.outcome")));
        Assert.Equal(request.TraceId, executions[1].TraceId);
        AssertLinked(executions[2], executions[1]);
        Assert.Equal(executions[2].TraceId, executions[3].TraceId);
        AssertLinked(executions[4], executions[3]);
        Assert.DoesNotContain(executions.SelectMany(e => e.TagObjects), t => $"{t.Value}".Contains("example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delayed_and_chained_tasks_are_linked_to_their_request()
    {
        using var spans = new RecordedSpans();
        await using var host = await TracedHost.StartAsync();

        using var request = spans.Request();
        var delayed = await host.AddAsync(new Walk("later"), TimeSpan.FromMilliseconds(200));
        var (first, second) = await host.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Walk("a"));
            return Task.FromResult((task.Id, task.Then(new Jot("b")).Id));
        });

        Assert.Equal(request.TraceId, (await spans.ExecutionsAsync(first, 1))[0].TraceId);
        AssertLinked((await spans.ExecutionsAsync(second, 1))[0], Assert.Single(spans.Of("enqueue", second)));
        AssertLinked((await spans.ExecutionsAsync(delayed, 1))[0], Assert.Single(spans.Of("enqueue", delayed)));
    }

    [Fact]
    public async Task Cancelled_and_duplicate_executions_have_their_outcomes()
    {
        using var spans = new RecordedSpans();
        await using var host = await TracedHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Steps.Walk = context => context.Message.Name == "slow" ? release.Task.WaitAsync(TimeSpan.FromMinutes(2)) : Task.CompletedTask;

        using var request = spans.Request();
        var (slow, quick) = (await host.AddAsync(new Walk("slow")), await host.AddAsync(new Walk("quick")));
        await spans.ExecutionsAsync(quick, 1);
        await host.DeliverAgainAsync(new Walk("quick"), quick, spans.Of("enqueue", quick)[0].Id);
        await host.TaskAsync(slow, TaskState.Running);
        await host.InUnitAsync((ITaskControl control) => control.CancelAsync(slow, "ann"));
        release.SetResult();

        Assert.Equal(["succeeded", "duplicate"], (await spans.ExecutionsAsync(quick, 2)).Select(e => e.GetTagItem("outbox.outcome")));
        Assert.Equal("cancelled", (await spans.ExecutionsAsync(slow, 1))[0].GetTagItem("outbox.outcome"));
    }

    [Fact]
    public async Task What_waits_for_the_broker_still_runs_in_its_trace()
    {
        using var spans = new RecordedSpans();
        await using var host = await TracedHost.StartAsync();
        await host.TaskAsync(await host.AddAsync(new Walk("before")), TaskState.Succeeded);
        Guid id;

        await RealSystem.RabbitMqCtlAsync("stop_app");
        Activity request;
        try
        {
            using (request = spans.Request())
            {
                id = await host.AddAsync(new Walk("meanwhile"));
            }

            await host.TaskAsync(id, TaskState.Queued);
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        var execution = (await spans.ExecutionsAsync(id, 1))[0];
        Assert.Equal(request.TraceId, execution.TraceId);
        Assert.Empty(spans.Of("process", id).SelectMany(e => e.Links));
    }

    private static void AssertLinked(Activity span, Activity cause)
    {
        Assert.NotEqual(cause.TraceId, span.TraceId);
        Assert.Equal(default, span.ParentSpanId);
        Assert.Equal([cause.SpanId], span.Links.Select(l => l.Context.SpanId));
    }
}
