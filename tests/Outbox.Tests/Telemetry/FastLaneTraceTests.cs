using System.Diagnostics;
using System.Text;
using Messaging.Outbox.Tests.FastLane;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteFastLaneTraceTests : FastLaneTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresFastLaneTraceTests : FastLaneTraceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The fast lane makes the same spans as the pipeline, and no listener switches it off.</summary>
public abstract class FastLaneTraceTests : StoreSuite
{
    [Fact]
    public async Task The_fast_lane_executes_in_the_trace_of_the_message()
    {
        using var spans = new RecordedSpans("MassTransit");
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        Activity? inside = null;
        pipeline.Script.Jot = (_, _) =>
        {
            inside = Activity.Current;
            return Task.CompletedTask;
        };
        using var request = spans.Request();

        Assert.Equal("acknowledged", await TakeAsync(pipeline, request.Id!));

        var execution = await ExecutionAsync(spans, request);
        Assert.Equal((request.SpanId, "process jot", "succeeded"), (execution.ParentSpanId, execution.DisplayName, execution.GetTagItem("outbox.outcome")));
        Assert.Equal(execution.SpanId, inside!.SpanId);
        var commit = await spans.LinkedAsync("commit", execution);
        Assert.Equal(default, commit.ParentSpanId);
    }

    [Fact]
    public async Task Headers_of_traces_do_not_need_the_pipeline()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        using var request = spans.Request();

        var answer = await TakeAsync(pipeline, request.Id!, "Outbox-Cause", ("MT-Activity-Id", "x"), ("MT-Activity-Correlation-Context", "y"), ("tracestate", "a=b"));

        Assert.Equal("acknowledged", answer);
        await Eventually.True(() => spans.Of("process").Any(s => s.Links.Any(l => l.Context.SpanId == request.SpanId)), "it is a trace with a link");
    }

    [Fact]
    public async Task The_copy_counts_where_a_broker_client_replaced_the_header()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        using var request = spans.Request();

        await TakeAsync(pipeline, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent", ("Outbox-Trace", request.Id!));

        Assert.Equal(request.SpanId, (await ExecutionAsync(spans, request)).ParentSpanId);
    }

    [Fact]
    public async Task No_activity_is_made_for_what_is_not_sampled()
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        Activity? inside = null;
        pipeline.Script.Jot = (_, _) =>
        {
            inside = Activity.Current;
            return Task.CompletedTask;
        };
        var trace = ActivityTraceId.CreateRandom();

        Assert.Equal("acknowledged", await TakeAsync(pipeline, $"00-{trace}-b7ad6b7169203331-00"));

        Assert.Null(inside);
        Assert.Empty(spans.StartedIn(trace));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0!")]
    [InlineData("no trace, but as long as one: 55 characters.............")]
    public async Task A_header_that_is_no_trace_harms_nothing(string header)
    {
        using var spans = new RecordedSpans();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        Assert.Equal("acknowledged", await TakeAsync(pipeline, header));
    }

    private static Task<Activity> ExecutionAsync(RecordedSpans spans, Activity request) =>
        Eventually.Get(() => Task.FromResult(spans.Of("process").FirstOrDefault(s => s.TraceId == request.TraceId)), "the execution is recorded");

    private static Task<string> TakeAsync(PipelineUnderTest pipeline, string trace, string header = "traceparent", params IEnumerable<(string Name, string Value)> more)
    {
        var delivery = new FakeDelivery(Guid.CreateVersion7(), $"{Guid.NewGuid()}") { TransportHeaders = { [header] = Encoding.UTF8.GetBytes(trace) } };
        foreach (var (name, value) in more)
        {
            delivery.TransportHeaders[name] = Encoding.UTF8.GetBytes(value);
        }

        Assert.True(pipeline.Script.Direct!.TryTake(delivery));
        return delivery.Answer;
    }
}
