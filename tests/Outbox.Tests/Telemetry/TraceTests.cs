using System.Diagnostics;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteTraceTests : TraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTraceTests : TraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The spans of what runs at once: children of the request.</summary>
public abstract class TraceTests : StoreSuite
{
    [Fact]
    public async Task A_task_runs_in_the_trace_of_its_request()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        Activity? inside = null;
        pipeline.Script.Greet = (context, _) =>
        {
            inside = Activity.Current;
            return context.Publish(new Greeted("x"));
        };

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"));
        var execution = (await spans.ExecutionsAsync(id, 1))[0];

        var enqueue = Assert.Single(spans.Of("enqueue", id));
        Assert.Equal(("enqueue greet", ActivityKind.Producer, request.SpanId), (enqueue.DisplayName, enqueue.Kind, enqueue.ParentSpanId));
        Assert.Equal(("process greet", ActivityKind.Consumer, enqueue.SpanId), (execution.DisplayName, execution.Kind, execution.ParentSpanId));
        Assert.Equal(("succeeded", 1, ActivityStatusCode.Unset), (execution.GetTagItem("outbox.outcome"), execution.GetTagItem("outbox.attempt"), execution.Status));
        Assert.Same(execution, inside);
        await Eventually.True(() => spans.StartedIn(request.TraceId).Count(s => s.DisplayName == "process greeted") == 1, "what it publishes goes on in the trace");
        var published = spans.StartedIn(request.TraceId).Single(s => s.DisplayName == "enqueue greeted");
        Assert.Equal(execution.SpanId, published.ParentSpanId);
    }

    [Fact]
    public async Task Commits_and_dispatches_are_traces_linked_to_their_members()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"));
        var execution = (await spans.ExecutionsAsync(id, 1))[0];

        var commit = await spans.LinkedAsync("commit", request);
        var dispatch = await spans.LinkedAsync("dispatch", spans.Of("enqueue", id)[0]);
        var effect = await spans.LinkedAsync("commit", execution);
        Assert.Equal(default, commit.ParentSpanId);
        Assert.Equal(default, dispatch.ParentSpanId);
        Assert.Equal(4, new[] { request, commit, dispatch, effect }.Select(s => s.TraceId).Distinct().Count());
        Assert.Equal((ActivityKind.Internal, ActivityKind.Client), (commit.Kind, dispatch.Kind));
        Assert.Equal($"{id}", dispatch.Links.Single(l => l.Context.TraceId == request.TraceId).Tags!.Single(t => t.Key == "outbox.task.id").Value);
        Assert.Equal("in_memory", dispatch.GetTagItem("messaging.system"));
    }

    [Fact]
    public async Task A_unit_with_a_transaction_of_its_own_commits_in_its_trace()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        await pipeline.InUnitAsync(async (IUnitOfWork unit) => await unit.QueryAsync("SELECT 1", [], row => row.GetValue(0)));

        Assert.Equal(request.SpanId, spans.Of("commit").Single(s => s.TraceId == request.TraceId).ParentSpanId);
    }

    [Fact]
    public async Task An_immediate_retry_is_another_span_of_the_trace()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1));
        var failures = 1;
        pipeline.Script.Greet = (_, _) => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("ann@example.org is not there") : Task.CompletedTask;

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann@example.org"));
        var executions = await spans.ExecutionsAsync(id, 2);

        Assert.Equal(["failed", "succeeded"], executions.Select(e => e.GetTagItem("outbox.outcome")));
        Assert.Equal([1, 2], executions.Select(e => e.GetTagItem("outbox.attempt")));
        Assert.Equal(("System.InvalidOperationException", ActivityStatusCode.Error, null), (executions[0].GetTagItem("error.type"), executions[0].Status, executions[0].StatusDescription));
        Assert.All(executions, e => Assert.Equal(spans.Of("enqueue", id)[0].SpanId, e.ParentSpanId));
        Assert.DoesNotContain(spans.StartedIn(request.TraceId).SelectMany(s => s.TagObjects), t => $"{t.Value}".Contains("example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_duplicate_has_a_span_with_its_outcome()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Greet("ann"));
        await spans.ExecutionsAsync(id, 1);
        await pipeline.DeliverAsync(new Greet("ann"), "greet", id, context =>
        {
            context.Headers.Set("Task-Id", $"{id}");
            context.Headers.Set("traceparent", spans.Of("enqueue", id)[0].Id);
        });

        Assert.Equal(["succeeded", "duplicate"], (await spans.ExecutionsAsync(id, 2)).Select(e => e.GetTagItem("outbox.outcome")));
    }

    [Fact]
    public async Task A_message_without_a_queue_makes_its_dispatch_an_error()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        var id = await pipeline.AddAsync(new Nobody("ann"));

        var dispatch = await spans.LinkedAsync("dispatch", spans.Of("enqueue", id)[0]);
        Assert.Equal((ActivityStatusCode.Error, 1), (dispatch.Status, dispatch.GetTagItem("outbox.dispatch.rescheduled")));
    }

    [Fact]
    public async Task What_is_not_sampled_is_carried_on_and_makes_no_span()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (trace, inside) = (ActivityTraceId.CreateRandom(), default(Activity));
        pipeline.Script.Greet = (context, _) =>
        {
            inside = Activity.Current;
            return context.Publish(new Count("x"));
        };
        (ActivityTraceId Trace, bool Recorded)? later = null;
        pipeline.Script.Count = (_, _) =>
        {
            later = (Activity.Current!.TraceId, Activity.Current.Recorded);
            return Task.CompletedTask;
        };

        using (new Activity("request").SetParentId(trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.None).Start())
        {
            var id = await pipeline.AddAsync(new Greet("ann"));
            Assert.Equal(trace.ToHexString(), (await pipeline.TaskAsync(id, TaskState.Succeeded)).TraceId);
        }

        await Eventually.True(() => later is not null, "what it publishes is consumed");
        Assert.Equal((trace, false), (inside!.TraceId, inside.Recorded)); // so that an HTTP client in it begins no trace either
        Assert.Equal((trace, false), later);
        Assert.Empty(spans.StartedIn(trace));
    }
}

/// <summary>No consumer takes it.</summary>
public sealed record Nobody(string Name);
