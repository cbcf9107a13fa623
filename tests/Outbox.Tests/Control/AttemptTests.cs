using MassTransit;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteAttemptTests : AttemptTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerAttemptTests : AttemptTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresAttemptTests : AttemptTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a consumer may do with its attempt, and what the policy does.</summary>
public abstract class AttemptTests : StoreSuite
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as by HttpClient, or Polly
    public async Task An_attempt_over_its_time_limit_is_cancelled_and_has_failed(bool inALibraryWithATokenOfItsOwn)
    {
        var options = PipelineUnderTest.Quick(delayed: 1);
        options.TimeLimit = TimeSpan.FromMilliseconds(100);
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = async (context, _) =>
        {
            using var own = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            if (pipeline.Script.Greets.Count == 1)
            {
                await Task.Delay(Timeout.Infinite, inALibraryWithATokenOfItsOwn ? own.Token : context.CancellationToken);
            }
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("slow")), TaskState.Succeeded);

        Assert.Equal((2, "TimeoutException: The attempt took longer than its time limit of 00:00:00.1000000."), (task.Attempts, task.LastError));
    }

    [Fact]
    public async Task An_attempt_cancelled_by_the_endpoints_stop_has_not_failed()
    {
        using var stop = new CancellationTokenSource();
        using var deadline = new AttemptDeadline(TimeSpan.FromMinutes(5), TimeProvider.System, stop.Token);
        Exception[] cancellations = [new OperationCanceledException(), new Messaging.Outbox.ConsumerCanceledException(new OperationCanceledException("by a linked token"))];
        Assert.Equal(cancellations, cancellations.Select(deadline.Explain));

        await stop.CancelAsync();

        Assert.All(cancellations, c => Assert.Equal(stop.Token, Assert.IsType<OperationCanceledException>(deadline.Explain(c)).CancellationToken));
        var failure = new InvalidOperationException();
        Assert.Same(failure, deadline.Explain(failure));
    }

    [Fact]
    public async Task A_callback_of_a_cancelled_attempt_does_not_block_the_caller()
    {
        using var deadline = new AttemptDeadline(TimeSpan.FromMinutes(5), TimeProvider.System, CancellationToken.None);
        using var gate = new ManualResetEventSlim();
        using var blocking = deadline.Token.Register(gate.Wait);
        using var failing = deadline.Token.Register(() => throw new InvalidOperationException("no"));

        var cancel = Task.Run(deadline.CancelTask, TestContext.Current.CancellationToken);
        var held = await Task.WhenAny(cancel, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)) != cancel;
        gate.Set();
        await cancel;

        Assert.Equal((false, true), (held, deadline.Token.IsCancellationRequested));
    }

    [Fact]
    public async Task An_operation_that_cancels_itself_has_failed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new TaskCanceledException("an HTTP client's timeout");

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(100, 9)]
    public async Task No_more_attempts_are_made_than_allowed(int allowed, int expected)
    {
        var options = PipelineUnderTest.Quick(immediate: 2, delayed: 2);
        options.MaxAttempts = allowed;
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(expected, task.Attempts);
        Assert.Equal(expected, pipeline.Script.Greets.Count);
        var attempts = await pipeline.Services.GetRequiredService<ITaskStore>().FailedAttemptsAsync(task.Id);
        Assert.Equal(Enumerable.Range(1, expected), attempts.Select(a => a.Attempt));
    }

    [Theory]
    [InlineData("ArgumentException", "")]
    [InlineData("System.ArgumentException", "")]
    [InlineData("", "IOException")]
    public async Task Exceptions_named_in_the_settings_fail_at_once(string failAtOnce, string retryOnly)
    {
        var options = PipelineUnderTest.Quick(immediate: 2, delayed: 2);
        options.FailAtOnce = failAtOnce.Length > 0 ? [failAtOnce] : [];
        options.RetryOnly = retryOnly.Length > 0 ? [retryOnly] : [];
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = (context, _) => context.Message.Name == "at once"
            ? throw new ArgumentNullException(nameof(context)) // a derived one
            : throw new IOException("retried");

        Assert.Equal(1, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("at once")), TaskState.Failed)).Attempts);
        Assert.Equal(9, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("later")), TaskState.Failed)).Attempts);
    }

    [Fact]
    public async Task A_consumer_shows_its_progress_and_returns_a_result()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = async (_, provider) =>
        {
            var task = provider.GetRequiredService<ITaskContext>();
            task.ReportProgress(40, "half way, nearly");
            await go.Task;
            task.SetResult(new { Greeted = "ann", task.Number });
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        var store = pipeline.Services.GetRequiredService<ITaskStore>();

        await Eventually.True(async () => (await store.FindAsync(id))?.Progress == 40, "its progress is shown");
        Assert.Equal("half way, nearly", (await store.FindAsync(id))!.ProgressText);
        Assert.NotNull((await store.FindAsync(id))!.Worker);
        go.SetResult();

        var done = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((100, """{"greeted":"ann","number":1}"""), (done.Progress, done.Result!.Value.GetRawText()));
    }

    [Fact]
    public async Task A_result_of_an_attempt_that_fails_is_not_kept()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, provider) =>
        {
            provider.GetRequiredService<ITaskContext>().SetResult("kept?");
            throw new InvalidOperationException("no");
        };

        Assert.Null((await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed)).Result);
    }

    [Fact]
    public async Task Of_many_unique_tasks_one_waits_until_the_first_has_begun()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Script.Greet = async (_, _) =>
        {
            started.TrySetResult();
            await go.Task;
        };

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AddUniqueAsync(pipeline, TimeSpan.FromHours(1))));
        Assert.Single(ids.Distinct());
        Assert.Equal(1, await UnderTest.CountAsync("tasks"));
        await pipeline.RetryAsync(ids[0]);
        await started.Task;
        var next = await AddUniqueAsync(pipeline, delay: null);
        go.SetResult();

        Assert.NotEqual(ids[0], next);
        await pipeline.TaskAsync(ids[0], TaskState.Succeeded);
        await pipeline.TaskAsync(next, TaskState.Succeeded);
        Assert.Equal(0, await UnderTest.CountAsync("unique_tasks"));
    }

    [Fact]
    public async Task A_unique_key_is_free_after_cancellation_or_its_window()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var first = await AddUniqueAsync(pipeline, TimeSpan.FromHours(1));
        await pipeline.CancelAsync(first);

        var second = await AddUniqueAsync(pipeline, TimeSpan.FromHours(1));
        Assert.NotEqual(first, second);
        Assert.Equal(second, await AddUniqueAsync(pipeline, TimeSpan.FromHours(1)));
        await UnderTest.ExecuteAsync(UnderTest is SqliteUnderTest
            ? "UPDATE unique_tasks SET until = 0"
            : "UPDATE unique_tasks SET until = now() - interval '1 second'");

        Assert.NotEqual(second, await AddUniqueAsync(pipeline, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_task_added_by_a_consumer_is_committed_with_it_and_tracked()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var second = Guid.CreateVersion7();
        pipeline.Script.Greet = (context, provider) =>
        {
            if (context.Message.Name == "first")
            {
                provider.GetRequiredService<IBackgroundTasks>().Add(new Greet("second"), second);
            }

            return Task.CompletedTask;
        };

        await pipeline.AddAsync(new Greet("first"));

        await pipeline.TaskAsync(second, TaskState.Succeeded);
    }

    private static Task<Guid> AddUniqueAsync(PipelineUnderTest pipeline, TimeSpan? delay) => pipeline.InUnitAsync(
        (IBackgroundTasks tasks) => tasks.AddUniqueAsync(new Greet("ann"), "greet ann", TimeSpan.FromMinutes(10), delay: delay));
}
