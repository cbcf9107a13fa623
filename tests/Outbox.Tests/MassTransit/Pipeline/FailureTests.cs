using MassTransit;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteFailureTests : FailureTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerFailureTests : FailureTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresFailureTests : FailureTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What becomes of a message whose attempts fail.</summary>
public abstract class FailureTests : StoreSuite
{
    [Fact]
    public async Task A_transient_failure_is_cured_by_an_immediate_retry()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2));
        pipeline.Script.Greet = FailFirst(2);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal(3, task.Attempts);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_pause_before_a_retry_ends_when_the_endpoint_stops()
    {
        var options = PipelineUnderTest.Quick(immediate: 1);
        options.ImmediateDelay = TimeSpan.FromSeconds(30);
        var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = FailFirst(1);
        await pipeline.AddAsync(new Greet("ann"));
        await Eventually.True(() => pipeline.Script.Greets.Count == 1, "the first attempt has failed");

        await pipeline.DisposeAsync();

        Assert.Equal(2, pipeline.Script.Greets.Count);
        Assert.Equal((1, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("tasks", "state = 3")));
    }

    [Fact]
    public async Task A_message_that_keeps_failing_is_deferred_and_counts_attempts()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 2));
        pipeline.Script.Greet = FailFirst(5);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal(6, task.Attempts);
        Assert.Equal("InvalidOperationException: attempt 4", task.LastError); // the last one that ended a delivery
        Assert.Equal(2, pipeline.Script.Greets.Last().GetRedeliveryCount());
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
    }

    [Fact]
    public async Task An_attempt_that_alone_cannot_reach_the_database_has_failed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new StoreUnavailableException("a query that takes too long");

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("slow")), TaskState.Failed);

        Assert.StartsWith("TimeoutException: The database is available, but it failed for this attempt", task.LastError, StringComparison.Ordinal);
        Assert.Equal(1, task.Attempts);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task An_attempt_held_in_vain_is_deferred_without_an_immediate_retry()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 1, delay: TimeSpan.FromMinutes(10)));
        pipeline.Script.Greet = (_, _) => throw new StoreUnavailableException("a query that takes too long");

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("slow")), TaskState.Retrying);

        Assert.Equal((1, 5), (task.Attempts, pipeline.Script.Greets.Count));
    }

    [Fact]
    public async Task Retries_of_the_endpoint_itself_end_with_the_last_allowed_attempt()
    {
        var options = PipelineUnderTest.Quick();
        options.MaxAttempts = 2;
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest,
            options,
            addConsumers: x => x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.UseOutbox(context, options);
                endpoint.UseMessageRetry(r => r.Immediate(3));
            }));
        pipeline.Script.Greet = FailFirst(int.MaxValue);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal((2, "InvalidOperationException: attempt 2"), (task.Attempts, task.LastError));
        Assert.Equal(2, pipeline.Script.Greets.Count);
    }

    [Fact]
    public async Task A_deferred_message_is_retrying_and_blocks_no_other()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, PipelineUnderTest.Quick(delayed: 1, delay: TimeSpan.FromMinutes(10)));
        pipeline.Script.Greet = FailFirst(1);

        var retrying = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("bad")), TaskState.Retrying);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("good")), TaskState.Succeeded);

        Assert.InRange(retrying.NextAttemptAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(13));
        Assert.Equal(("InvalidOperationException: attempt 1", 1), (retrying.LastError, retrying.Attempts));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 1, "only the deferred one is left"); // a row is deleted after its message was sent
    }

    [Fact]
    public async Task After_the_last_attempt_there_is_one_dead_letter()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        pipeline.Script.Greet = FailFirst(int.MaxValue);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal((4, "InvalidOperationException: attempt 4"), (task.Attempts, task.LastError));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "exception_type = 'System.InvalidOperationException' AND queue = 'greet'"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox", "kind = 'deferred' AND step = 'greet: deferred, redelivery 1, redrive 0'"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox", "kind = 'dead-lettered' AND step = 'greet: dead-lettered, redrive 0'"));
        Assert.Single(await pipeline.PublishedAsync<Fault<Greet>>());
    }

    [Fact]
    public async Task A_dead_letter_keeps_all_stack_traces()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => Outer();
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { TaskId = id }, "test"));
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "state = 0") == 1, "it has failed again");

        foreach (var state in (DeadLetterState[])[DeadLetterState.Redriven, DeadLetterState.Dead]) // each failure has its own
        {
            var letter = (await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListAsync(new DeadLetterQuery(), state, after: null, limit: 10))).Items[0];
            var trace = (await pipeline.InUnitAsync((IDeadLetterControl f) => f.FindAsync(letter.Id)))!.StackTrace!;
            Assert.StartsWith("InvalidOperationException: outer\n   at ", trace, StringComparison.Ordinal);
            Assert.Contains("---> RefusedException: (address) refused\n   at ", trace, StringComparison.Ordinal);
            Assert.Contains(nameof(Outer), trace, StringComparison.Ordinal);
            Assert.Contains(nameof(Inner), trace, StringComparison.Ordinal);
            Assert.InRange(trace.Length, 1, 8_192);
        }

        static Task Outer()
        {
            try
            {
                return Inner(500);
            }
            catch (RefusedException inner)
            {
                throw new InvalidOperationException("outer", inner);
            }
        }

        static Task Inner(int depth) => depth == 0 ? throw new RefusedException("bob@example.org refused") : Inner(depth - 1);
    }

    [Fact]
    public async Task A_permanent_failure_fails_at_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 5, delayed: 5));
        pipeline.Script.Greet = (_, _) => throw new RefusedException("bob@example.org does not exist\r\n  at line 2");

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Equal("RefusedException: (address) does not exist at line 2", task.LastError);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_fails_its_task()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 5));
        var id = await pipeline.AddAsync(new Greet("held"), delay: TimeSpan.FromHours(1));

        await pipeline.DeliverAsync(new Unreadable { Name = [1] }, "greet", id, context =>
        {
            context.Headers.Set("Task-Id", id.ToString());
            context.SupportedMessageTypes = [MessageUrn.ForTypeString<Greet>()];
        });

        Assert.NotNull((await pipeline.TaskAsync(id, TaskState.Failed)).LastError);
        Assert.Empty(pipeline.Script.Greets);
    }

    [Fact]
    public async Task An_outage_at_the_commit_does_not_run_the_consumer_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: options => options.CommitTimeout = TimeSpan.FromSeconds(2));
        IAsyncDisposable? hold = null;
        pipeline.Script.Greet = async (_, _) => hold = await UnderTest.HoldTasksAsync();

        var id = await pipeline.AddAsync(new Greet("ann"));
        await Eventually.True(() => hold is not null, "the consumer ran");
        await Eventually.True(
            () => pipeline.Logs.Lines.Any(l => l.StartsWith("A commit waits for the database", StringComparison.Ordinal)), "a commit has timed out");
        await hold!.DisposeAsync();

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Single(pipeline.Script.Greets);
    }

    [Fact]
    public async Task A_deferred_message_that_is_delivered_again_is_deferred_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, PipelineUnderTest.Quick(delayed: 3, delay: TimeSpan.FromMinutes(10)));
        pipeline.Script.Greet = FailFirst(int.MaxValue);
        var id = Guid.CreateVersion7();

        await pipeline.DeliverAsync(new Greet("ann"), "greet", id);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 1, "it is deferred");
        await pipeline.DeliverAsync(new Greet("ann"), "greet", id);
        await Eventually.True(() => pipeline.Script.Greets.Count == 2, "it is tried again");
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("fence")), TaskState.Retrying);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 2, "there is one of each");
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"message_id = '{id.ToString().ToUpperInvariant()}'"
            + (UnderTest is SqliteUnderTest ? "" : "::uuid")));
    }
    private static Func<ConsumeContext<Greet>, IServiceProvider, Task> FailFirst(int failures)
    {
        var attempt = 0;
        return (context, provider) =>
        {
            provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
            return Interlocked.Increment(ref attempt) is var current && current <= failures
                ? throw new InvalidOperationException($"attempt {current}")
                : Task.CompletedTask;
        };
    }

    private sealed record Unreadable
    {
        public int[] Name { get; init; } = [];
    }

    private sealed class RefusedException(string message) : Exception(message), IPermanentFailure;
}
