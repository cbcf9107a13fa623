using System.Diagnostics;
using System.Diagnostics.Metrics;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.FastLane;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteThrowingTelemetryTests : ThrowingTelemetryTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresThrowingTelemetryTests : ThrowingTelemetryTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What watches the telemetry throws: no work fails, and none is done twice.</summary>
public abstract class ThrowingTelemetryTests : StoreSuite
{
    private int _thrown;

    [Fact]
    public async Task A_metric_listener_that_throws_fails_no_work()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var scope = pipeline.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == OutboxTelemetry.Name && instrument.Meter.Scope == scope && !instrument.IsObservable)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();

        await WorksOnceAsync(pipeline);
    }

    [Theory]
    [InlineData("sampled")]
    [InlineData("started")]
    [InlineData("stopped")]
    public async Task A_span_listener_that_throws_fails_no_work(string when)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        using var spans = new RecordedSpans();
        using var request = spans.Request();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == OutboxTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            {
                ThrowIf(when == "sampled" && (options.TraceId == request.TraceId || options.Links?.Any(l => l.Context.TraceId == request.TraceId) == true));
                return ActivitySamplingResult.None;
            },
            ActivityStarted = span => ThrowIf(when == "started" && IsOf(span, request)),
            ActivityStopped = span => ThrowIf(when == "stopped" && IsOf(span, request)),
        };
        ActivitySource.AddActivityListener(listener);

        await WorksOnceAsync(pipeline);

        Assert.Same(request, Activity.Current);
    }

    [Fact]
    public void A_destination_that_is_no_address_starts_a_span()
    {
        using var spans = new RecordedSpans();
        using var request = spans.Request();
        var message = new OutboxMessage
        {
            Id = 1,
            MessageId = Guid.NewGuid(),
            Attempts = 0,
            Destination = "no address",
            ContentType = "text/plain",
            Metadata = $$"""{"traceparent":"{{request.Id}}"}""",
            Body = [],
        };

        using var span = DispatchSpan.Start([message]);

        Assert.Equal("unknown", span?.GetTagItem("messaging.system"));
    }

    private async Task WorksOnceAsync(PipelineUnderTest pipeline)
    {
        var runs = 0;
        pipeline.Script.Greet = (_, provider) =>
        {
            Interlocked.Increment(ref runs);
            provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", $"greeted {Guid.NewGuid()}");
            return Task.CompletedTask;
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);
        await pipeline.InUnitAsync(async (IUnitOfWork unit) =>
        {
            await unit.BeginAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", $"alone {Guid.NewGuid()}");
            await unit.CommitAsync();
            return true;
        });
        var jot = new FakeDelivery(Guid.CreateVersion7(), "bob");
        Assert.True(pipeline.Script.Direct!.TryTake(jot));

        Assert.Equal("acknowledged", await jot.Answer);
        Assert.Equal((1, 1), (runs, task.Attempts));
        Assert.Equal((1, 1, 1), (await UnderTest.CountAsync("things", "name LIKE 'greeted %'"), await UnderTest.CountAsync("things", "name LIKE 'alone %'"), await UnderTest.CountAsync("things", "name = 'bob'")));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "everything is dispatched");
        Assert.NotEqual(0, _thrown);
        Assert.Single(pipeline.Logs.Lines, l => l.Contains("of the telemetry has thrown", StringComparison.Ordinal));
        Assert.DoesNotContain(pipeline.Logs.Lines, l => l.Contains("could not be", StringComparison.Ordinal));
    }

    private static bool IsOf(Activity span, Activity request) => span.TraceId == request.TraceId || span.Links.Any(l => l.Context.TraceId == request.TraceId);

    private void ThrowIf(bool condition)
    {
        if (condition)
        {
            Throw();
        }
    }

    private void Throw()
    {
        Interlocked.Increment(ref _thrown);
        throw new InvalidOperationException("It is broken.");
    }
}
