using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteMetricFlowTests : MetricFlowTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresMetricFlowTests : MetricFlowTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What an exporter exports of each flow, and that its balance comes out.</summary>
public abstract class MetricFlowTests : StoreSuite
{
    private const string Greet = "queue=greet type=Greet";

    [Fact]
    public async Task A_success_is_counted_at_each_step_with_its_durations()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        await EndsBalancedAsync(pipeline, measured, accepted: 1, succeeded: 1);
        Assert.Equal(1, measured.Sum("outbox.messages.enqueued", Greet));
        await measured.CountsAsync("outbox.messages.dispatched", "queue=greet outcome=confirmed", 1); // the dispatcher counts what it has sent, which may be executed by then
        await measured.CountsAsync("outbox.messages.executed", $"{Greet} outcome=succeeded", 1);
        Assert.Single(measured.Values("outbox.queue.duration", Greet));
        Assert.Single(measured.Values("outbox.execution.duration", $"{Greet} outcome=succeeded"));
        Assert.Single(measured.Values("outbox.effect.duration", Greet), seconds => seconds is >= 0 and < 60);
        Assert.Contains(1, measured.Values("outbox.commit.size", ""));
        Assert.NotEmpty(measured.Values("outbox.commit.duration", "outcome=committed"));
        Assert.NotEmpty(measured.Values("outbox.dispatch.duration", "outcome=confirmed"));
    }

    [Fact]
    public async Task Retries_and_deferrals_are_counted_by_kind()
    {
        await using var pipeline = await StartAsync(PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        using var measured = new Measured(pipeline.Services, gauges: true);
        var failures = 3;
        pipeline.Script.Greet = (_, _) => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("no") : Task.CompletedTask;

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        await EndsBalancedAsync(pipeline, measured, accepted: 1, succeeded: 1);
        Assert.Equal(2, measured.Sum("outbox.messages.retried", Greet));
        Assert.Equal(1, measured.Sum("outbox.messages.deferred", Greet));
        await measured.CountsAsync("outbox.messages.executed", $"{Greet} outcome=failed", 3);
        await measured.CountsAsync("outbox.messages.executed", $"{Greet} outcome=succeeded", 1);
        Assert.Equal(1, measured.Sum("outbox.messages.enqueued", Greet)); // a deferred message is not a new one
        Assert.Empty(measured.Sums("outbox.messages.dead_lettered"));
    }

    [Fact]
    public async Task A_dead_letter_and_its_redrive_end_balanced()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);
        var fails = true;
        pipeline.Script.Greet = (_, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask;
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);

        await EndsBalancedAsync(pipeline, measured, accepted: 1, failed: 1);
        await DeadLettersAsync(measured, 1);
        await measured.CountsAsync("outbox.messages.dead_lettered", $"{Greet} reason=Failed", 1);
        fails = false;
        await pipeline.RetryAsync(id);
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        await EndsBalancedAsync(pipeline, measured, accepted: 1, succeeded: 1);
        await DeadLettersAsync(measured, 0);
    }

    [Fact]
    public async Task A_delayed_task_is_scheduled_until_it_is_due()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);

        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromSeconds(5));

        await Eventually.True(
            () => measured.Gauge("outbox.tasks").GetValueOrDefault("state=scheduled") == 1 && measured.Gauge("outbox.messages.scheduled").GetValueOrDefault("queue=greet") == 1, "it is scheduled");
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await EndsBalancedAsync(pipeline, measured, accepted: 1, succeeded: 1);
        Assert.Single(measured.Values("outbox.effect.duration", Greet), seconds => seconds > 4.5);
    }

    [Fact]
    public async Task A_chain_waits_and_then_succeeds()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => go.Task;

        var last = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(tasks.Add(new Greet("a")).Then(new Greet("b")).Id));

        await Eventually.True(() => measured.Gauge("outbox.tasks").GetValueOrDefault("state=waiting") == 1, "the second one waits");
        go.SetResult();
        await pipeline.TaskAsync(last, TaskState.Succeeded);
        await EndsBalancedAsync(pipeline, measured, accepted: 2, succeeded: 2);
    }

    [Fact]
    public async Task A_cancelled_execution_is_no_success_and_no_failure()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);
        var running = new TaskCompletionSource();
        pipeline.Script.Greet = (context, _) =>
        {
            running.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await running.Task;

        await pipeline.CancelAsync(id);

        await measured.CountsAsync("outbox.messages.executed", $"{Greet} outcome=cancelled", 1);
        await EndsBalancedAsync(pipeline, measured, accepted: 1, cancelled: 1);
        Assert.Equal(1, measured.Sums("outbox.messages.executed").Values.Sum());
        Assert.Empty(measured.Values("outbox.effect.duration", Greet));
    }

    [Fact]
    public async Task A_duplicate_is_counted_and_has_no_effect()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services, gauges: true);
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        await pipeline.DeliverAgainAsync(new Greet("ann"), "greet", id);

        await measured.CountsAsync("outbox.messages.executed", $"{Greet} outcome=duplicate", 1);
        await EndsBalancedAsync(pipeline, measured, accepted: 1, succeeded: 1);
        Assert.Single(measured.Values("outbox.effect.duration", Greet));
    }

    [Fact]
    public async Task A_type_that_nobody_takes_makes_no_series_of_its_own()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services);

        await pipeline.DeliverAsync(new Stranger("x"), "greet", Guid.CreateVersion7());

        await Eventually.True(() => measured.Sum("outbox.messages.dead_lettered", "queue=greet type=unknown reason=Skipped") == 1, "it is counted");
        Assert.Single(measured.Sums("outbox.messages.dead_lettered"));
    }

    [Fact]
    public async Task A_queue_of_one_process_makes_no_series_of_its_own()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, instances: ["heard-1", "heard-2"]);
        using var measured = new Measured(pipeline.Services);

        await pipeline.AddAsync(new Heard("ann"));

        await Eventually.True(() => measured.Sum("outbox.messages.executed", "queue=unknown type=Heard outcome=succeeded") == 2, "both are counted");
        Assert.Single(measured.Sums("outbox.messages.executed"));
    }

    [Fact]
    public async Task A_message_of_a_unit_that_fails_is_not_enqueued()
    {
        await using var pipeline = await StartAsync();
        using var measured = new Measured(pipeline.Services);
        await using var scope = pipeline.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("ann"));
        unit.Execute("INSERT INTO nowhere (name) VALUES ($1)", "x");

        await Assert.ThrowsAnyAsync<Exception>(() => unit.CommitAsync());

        Assert.Empty(measured.Sums("outbox.messages.enqueued"));
        Assert.NotEmpty(measured.Values("outbox.commit.duration", "outcome=failed"));
    }

    private Task<PipelineUnderTest> StartAsync(RetryOptions? retry = null) =>
        PipelineUnderTest.StartAsync(UnderTest, retry, options => options.FiguresInterval = TimeSpan.FromMilliseconds(100));

    // A gauge shows nothing while its last reading is older than three intervals.
    private static Task DeadLettersAsync(Measured measured, int count) => Eventually.True(
        () => measured.Gauge("outbox.dead_letters").GetValueOrDefault("queue=greet", double.NaN) == count, $"there are {count} dead letters");

    private static Task EndsBalancedAsync(PipelineUnderTest pipeline, Measured measured, int accepted, int succeeded = 0, int failed = 0, int cancelled = 0) => Eventually.True(
        () =>
        {
            var ended = measured.Gauge("outbox.tasks.ended");
            return measured.Gauge("outbox.tasks.balance").GetValueOrDefault("", double.NaN) == 0
                && measured.Gauge("outbox.tasks.accepted").GetValueOrDefault("") == accepted
                && ended.GetValueOrDefault("outcome=succeeded") == succeeded
                && ended.GetValueOrDefault("outcome=failed") == failed
                && ended.GetValueOrDefault("outcome=cancelled") == cancelled;
        },
        $"accepted {accepted}, succeeded {succeeded}, failed {failed}, cancelled {cancelled}: {string.Join(", ", measured.Gauge("outbox.tasks.ended"))} {string.Join('\n', pipeline.Logs.Lines.TakeLast(5))}");
}

public sealed record Stranger(string Name);
