using System.Text;
using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Queues;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.FastLane;

public sealed class SqliteFastLaneReceiverTests : FastLaneReceiverTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresFastLaneReceiverTests : FastLaneReceiverTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The fast lane keeps the same promises as the pipeline, and messages that need the pipeline get there.</summary>
public abstract class FastLaneReceiverTests : StoreSuite
{
    [Fact]
    public async Task A_first_delivery_is_consumed_and_its_task_has_succeeded()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await EnqueueAsync(pipeline);
        ITaskContext? seen = null;
        (int Number, Guid? Id) attempt = default;
        pipeline.Script.Jot = (context, provider) =>
        {
            seen = provider.GetRequiredService<ITaskContext>();
            attempt = (seen.Number, seen.Id);
            seen.SetResult(new { source = context.SourceAddress, original = context.GetOriginalMessageId(), header = context.Headers.Get<string>("Colour") });
            return Task.CompletedTask;
        };

        var delivery = Take(pipeline, new FakeDelivery(id, "ann") { TransportHeaders = TaskId(id), EnvelopeHeaders = new() { ["Colour"] = "red" } });

        Assert.Equal("acknowledged", await delivery.Answer);
        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((1, (Guid?)id), attempt);
        Assert.Equal(1, task.Attempts);
        Assert.Equal($$"""{"source":"rabbitmq://localhost/api","original":"{{id}}","header":"red"}""", task.Result?.GetRawText());
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
    }

    [Fact]
    public async Task A_duplicate_is_acknowledged_without_an_effect()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (first, second) = (Guid.CreateVersion7(), await pipeline.AddAsync(new Jot("bob")));
        await pipeline.TaskAsync(second, TaskState.Succeeded);

        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(first, "ann")).Answer);
        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(first, "ann")).Answer);
        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(second, "bob") { TransportHeaders = TaskId(second) }).Answer);

        Assert.Equal((1, 1), (await UnderTest.CountAsync("things", "name = 'ann'"), await UnderTest.CountAsync("things", "name = 'bob'")));
    }

    [Fact]
    public async Task Two_hundred_messages_twice_have_one_effect_each()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = Enumerable.Range(0, 200).Select(_ => Guid.CreateVersion7()).ToList();

        var deliveries = ids.Concat(ids).AsParallel().Select(id => Take(pipeline, new FakeDelivery(id, $"{id}"))).ToList();

        // A twin in the same group goes to the pipeline, which finds it consumed.
        var answers = await Task.WhenAll(deliveries.Select(d => d.Answer));
        Assert.All(answers, answer => Assert.Contains(answer, new[] { "acknowledged", "passed to the pipeline" }));
        Assert.True(answers.Count(a => a == "acknowledged") >= 200);
        Assert.Equal(200, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_message_whose_task_was_cancelled_leaves_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await EnqueueAsync(pipeline);
        await pipeline.CancelAsync(id);

        Assert.Equal("passed to the pipeline", await Take(pipeline, new FakeDelivery(id, "ann") { TransportHeaders = TaskId(id) }).Answer); // where it is put aside

        await pipeline.TaskAsync(id, TaskState.Cancelled);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_failed_message_goes_to_the_pipeline_and_harms_no_other()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = (context, _) => context.Message.Name.StartsWith("bad", StringComparison.Ordinal) ? throw new InvalidOperationException("bad") : Task.CompletedTask;

        var deliveries = Enumerable.Range(0, 20).Select(i => Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), i % 5 == 0 ? $"bad {i}" : $"good {i}"))).ToList();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i % 5 == 0 ? "passed to the pipeline" : "acknowledged", await deliveries[i].Answer);
        }

        Assert.Equal((16, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("things", "name LIKE 'bad%'")));
        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "good")).Answer); // it stays direct
    }

    [Fact]
    public async Task A_consumer_that_waits_for_its_token_goes_to_the_pipeline()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = (context, provider) => Task.Delay(
            Timeout.Infinite,
            context.Message.Name == "task" ? provider.GetRequiredService<ITaskContext>().CancellationToken : context.CancellationToken);
        var gate = await pipeline.PauseAsync("jot"); // both are taken before the first one closes the lane
        var (task, context) = (Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "task")), Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "context")));

        await pipeline.ChangeAsync(c => c.ResumeAsync("jot", "ann"));

        Assert.Equal(("passed to the pipeline", "passed to the pipeline"), (await task.Answer, await context.Answer));
        Assert.Equal(0, await UnderTest.CountAsync("things"));
        await Eventually.True(() => gate.Running == 0, "both have left the gate"); // just after they were answered
    }

    [Fact]
    public async Task A_consumer_that_blocks_on_its_token_ends_with_the_endpoint()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = (context, _) =>
        {
            context.CancellationToken.WaitHandle.WaitOne();
            return Task.FromCanceled(context.CancellationToken);
        };
        var gate = pipeline.Services.GetRequiredService<QueueEndpoints>().Find("jot")!.Gate;
        var delivery = Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "ann"));
        await Eventually.True(() => !pipeline.Script.Jots.IsEmpty, "it runs");
        Assert.False(delivery.IsAnswered);

        gate.Refuse(true);

        Assert.Equal("passed to the pipeline", await delivery.Answer);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
        gate.Refuse(false);
    }

    [Fact]
    public async Task A_transport_that_throws_does_not_stop_the_next_messages()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        const int MoreThanReceivers = 5;
        for (var i = 1; i <= MoreThanReceivers; i++)
        {
            Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), $"ann {i}") { CannotBeAcknowledged = true });
            await Eventually.True(async () => await UnderTest.CountAsync("things") == i, "it is committed");
        }

        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "bob")).Answer);
    }

    [Fact]
    public async Task After_an_error_a_running_consumer_ends_before_the_pipeline_starts()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.PauseAsync("jot");
        var release = new TaskCompletionSource();
        pipeline.Script.Jot = (context, _) => context.Message.Name == "slow" ? release.Task : Task.CompletedTask;
        Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "fails") { CannotBeAcknowledged = true });
        var slow = Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "slow"));

        await pipeline.ChangeAsync(c => c.ResumeAsync("jot", "ann"));
        await Eventually.True(() => pipeline.Logs.Lines.Any(l => l.Contains("could not be consumed in the fast lane", StringComparison.Ordinal)), "the error is logged");
        await Task.Delay(200, TestContext.Current.CancellationToken);

        Assert.False(slow.IsAnswered);
        release.SetResult();
        Assert.Equal("passed to the pipeline", await slow.Answer);
    }

    [Fact]
    public async Task A_group_that_the_database_rejects_goes_to_the_pipeline()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = (context, provider) =>
        {
            if (context.Message.Name == "bad")
            {
                provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO no_such_table (name) VALUES ($1)", "x");
            }

            return Task.CompletedTask;
        };

        Assert.Equal("passed to the pipeline", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "bad")).Answer);
        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "good")).Answer);

        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    public static TheoryData<string, Func<ConsumeContext<Jot>, IServiceProvider, Task>> MoreThanRows => new()
    {
        { "publishes", (context, _) => context.Publish(new Greeted("x")) },
        { "publishes and does not look how that went", (context, provider) => { _ = context.Publish(new Greeted("x")); return Task.CompletedTask; } },
        { "hands a task on", (_, provider) => { provider.GetRequiredService<IBackgroundTasks>().Add(new Greeted("x")); return Task.CompletedTask; } },
        { "responds", (context, _) => context.RespondAsync(new Greeted("x")) },
        { "asks the transport", (context, _) => Task.FromResult(context.ReceiveContext.TransportHeaders) },
        { "asks the database", (_, provider) => provider.GetRequiredService<IUnitOfWork>().QueryAsync("SELECT 1", [], row => row.GetValue(0)) },
        { "waits", (_, _) => Task.Delay(50) },
        { "has parts", (_, provider) => { provider.GetRequiredService<ITaskContext>().ContinueLater(); return Task.CompletedTask; } },
    };

    [Theory]
    [MemberData(nameof(MoreThanRows), DisableDiscoveryEnumeration = true)]
    public async Task A_consumer_that_does_more_than_stage_needs_the_pipeline(string what, Func<ConsumeContext<Jot>, IServiceProvider, Task> more)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = more;

        Assert.Equal("passed to the pipeline", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), what)).Answer);

        Assert.False(pipeline.Script.Direct!.TryTake(new FakeDelivery(Guid.CreateVersion7(), "next")));
        Assert.Equal((0, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("outbox")));
    }

    public static TheoryData<string, object> ForThePipeline => new()
    {
        { "deferred before", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Attempts"] = 1 } } },
        { "redriven", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Redrives"] = 1L } } },
        { "a later part", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Part"] = 1 } } },
        { "unique", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Unique-Key"] = "k"u8.ToArray() } } },
        { "delayed", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Delay-Seconds"] = 5.0 } } },
        { "delivered before", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["x-delivery-count"] = 1L } } },
        { "redelivered by MassTransit", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["MT-Redelivery-Count"] = 1 } } },
        { "of another id at first", new FakeDelivery(Guid.CreateVersion7(), "x") { EnvelopeHeaders = { ["MT-OriginalMessageId"] = Guid.NewGuid().ToString() } } },
        { "a task without its header", new FakeDelivery(Guid.CreateVersion7(), "x") { EnvelopeHeaders = { ["Task-Id"] = Guid.NewGuid().ToString() } } },
        { "of a task that is none", new FakeDelivery(Guid.CreateVersion7(), "x") { TransportHeaders = { ["Task-Id"] = "y"u8.ToArray() } } },
        { "another message", new FakeDelivery(Guid.CreateVersion7(), "x") { MessageType = "urn:message:Messaging.Outbox.Tests.MassTransit.Pipeline:Note" } },
        { "refused by its own type", new FakeDelivery(Guid.CreateVersion7(), "none") },
        { "truncated", new FakeDelivery(Guid.CreateVersion7(), "x") { Text = """{"messageId":"018f""" } },
        { "empty", new FakeDelivery(Guid.CreateVersion7(), "x") { Text = "" } },
        { "no object", new FakeDelivery(Guid.CreateVersion7(), "x") { Text = "[1,2]" } },
        { "without a message", new FakeDelivery(Guid.CreateVersion7(), "x") { Text = """{"messageId":"018f0000-0000-7000-8000-000000000000","messageType":["urn:message:Messaging.Outbox.Tests.MassTransit.Pipeline:Jot"]}""" } },
        { "with an id that is none", new FakeDelivery(Guid.CreateVersion7(), "x") { Text = """{"messageId":"x","messageType":["urn:message:Messaging.Outbox.Tests.MassTransit.Pipeline:Jot"],"message":{}}""" } },
    };

    [Theory]
    [MemberData(nameof(ForThePipeline), DisableDiscoveryEnumeration = true)]
    public async Task Only_a_plain_first_delivery_is_taken(string what, object offered)
    {
        var delivery = (FakeDelivery)offered;
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        Assert.False(pipeline.Script.Direct!.TryTake(delivery), what);

        Assert.False(delivery.IsAnswered);
        Assert.Empty(pipeline.Script.Jots);
    }

    [Fact]
    public async Task Nothing_is_consumed_while_the_queue_is_paused()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var gate = await pipeline.PauseAsync("jot");

        var deliveries = Enumerable.Range(0, 50).Select(i => Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), $"{i}"))).ToList();

        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal((0, 50, 0), (pipeline.Script.Jots.Count, gate.Arrived, gate.Running));
        await pipeline.ChangeAsync(c => c.ResumeAsync("jot", "ann"));
        Assert.All(await Task.WhenAll(deliveries.Select(d => d.Answer)), answer => Assert.Equal("acknowledged", answer));
        Assert.Equal(50, await UnderTest.CountAsync("things"));
        await Eventually.True(() => (gate.Arrived, gate.Consumed) == (0, 50), "all have left the gate");
    }

    [Fact]
    public async Task Messages_that_wait_at_the_stop_are_left_to_others()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var gate = await pipeline.PauseAsync("jot");
        var waiting = Enumerable.Range(0, 5).Select(i => Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), $"{i}"))).ToList();

        gate.Refuse(true);

        Assert.All(await Task.WhenAll(waiting.Select(d => d.Answer)), answer => Assert.Equal("abandoned", answer));
        Assert.False(pipeline.Script.Direct!.TryTake(new FakeDelivery(Guid.CreateVersion7(), "later")));
        await Eventually.True(() => gate.Arrived == 0, "all have left the gate");
        Assert.Equal(0, await UnderTest.CountAsync("things"));
        gate.Refuse(false);
    }

    [Fact]
    public async Task During_an_isolated_execution_messages_go_to_the_pipeline()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var quarantine = pipeline.Services.GetRequiredService<QuarantineGate>();
        var isolated = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => isolated.Task;
        await pipeline.DeliverAsync(new Greet("poison"), "greet", Guid.CreateVersion7(), context => context.Headers.Set("x-delivery-count", 100));
        await Eventually.True(() => quarantine.IsClosed && !pipeline.Script.Greets.IsEmpty, "the isolated execution runs");

        Assert.Equal("passed to the pipeline", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "ann")).Answer);

        isolated.SetResult();
        await Eventually.True(() => !quarantine.IsClosed, "the isolated execution is done");
        Assert.Equal("acknowledged", await Take(pipeline, new FakeDelivery(Guid.CreateVersion7(), "ann")).Answer);
    }

    private static FakeDelivery Take(PipelineUnderTest pipeline, FakeDelivery delivery)
    {
        Assert.True(pipeline.Script.Direct!.TryTake(delivery));
        return delivery;
    }

    /// <summary>A task whose message is with a broker, as far as its state tells; it never comes by itself.</summary>
    private static Task<Guid> EnqueueAsync(PipelineUnderTest pipeline) => pipeline.AddAsync(new Jot("ann"), delay: TimeSpan.FromHours(1));

    private static Dictionary<string, object?> TaskId(Guid id) => new() { ["Task-Id"] = Encoding.UTF8.GetBytes(id.ToString()) };
}
