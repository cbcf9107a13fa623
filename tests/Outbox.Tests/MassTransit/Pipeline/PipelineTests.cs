using System.Diagnostics;
using System.Runtime.Serialization;
using MassTransit;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqlitePipelineTests : PipelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresPipelineTests : PipelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>From the commit of a request to the effect of a consumer, over MassTransit's test harness.</summary>
public abstract class PipelineTests : StoreSuite
{
    [Fact]
    public async Task An_enqueued_message_is_consumed_and_its_task_succeeds()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var id = await pipeline.AddAsync(new Greet("ann"));

        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((nameof(Greet), 1), (task.Kind, task.Attempts));
        Assert.Equal("ann", Assert.Single(pipeline.Script.Greets).Message.Name);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
        Assert.Equal(1, await UnderTest.CountAsync("(SELECT DISTINCT message_id FROM inbox) AS consumed"));
    }

    [Fact]
    public async Task Nothing_is_stored_or_sent_without_a_commit()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", "dropped");
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("dropped"));
        }

        var after = await pipeline.AddAsync(new Greet("after"));
        await pipeline.TaskAsync(after, TaskState.Succeeded);
        Assert.Equal("after", Assert.Single(pipeline.Script.Greets).Message.Name);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task Plain_publishes_and_sends_of_a_scope_go_through_the_outbox()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        Guid published, sent = Guid.CreateVersion7();

        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            published = Guid.CreateVersion7();
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("p"), c => c.MessageId = published);
            var endpoint = await scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>().GetSendEndpoint(new Uri("queue:greet"));
            await endpoint.Send(new Greet("s"), c => c.MessageId = sent);
            Assert.Equal(0, await UnderTest.CountAsync("outbox"));
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        }

        await pipeline.TaskAsync(published, TaskState.Succeeded);
        await pipeline.TaskAsync(sent, TaskState.Succeeded);
        Assert.Equal(2, pipeline.Script.Greets.Count);
    }

    [Fact]
    public async Task Staged_and_published_work_is_committed_with_the_inbox_entry()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, provider) => StageAndPublish(context, provider);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
        Assert.True(await pipeline.Harness.Consumed.Any<Greeted>());
    }

    [Fact]
    public async Task A_consumer_that_fails_leaves_nothing_behind()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (context, provider) =>
        {
            await StageAndPublish(context, provider);
            throw new InvalidOperationException("no");
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(0, await UnderTest.CountAsync("things"));
        Assert.Empty(await pipeline.PublishedAsync<Greeted>());
    }

    [Fact]
    public async Task A_hundred_deliveries_of_one_message_have_one_effect()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, provider) => StageAndPublish(context, provider);
        var (id, last) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pipeline.DeliverAsync(new Greet("ann"), "greet", id)));
        await pipeline.DeliverAsync(new Greet("last"), "greet", last);

        await Eventually.True(() => pipeline.Received.Of("greet") == 101, "all deliveries are acknowledged");
        Assert.Equal(["ann", "last"], pipeline.Script.Greets.Select(g => g.Message.Name).Order());
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'ann'"));
    }

    [Fact]
    public async Task A_consumer_may_read_and_write_in_its_own_transaction()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (context, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "before");
            var transaction = await unit.BeginAsync(context.CancellationToken);
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "INSERT INTO things (name) SELECT name || '-copy' FROM things";
            await command.ExecuteNonQueryAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "after");
            await context.Publish(new Greeted("ann"));
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await pipeline.DeliverAsync(new Greet("ann"), "greet", id);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("fence")), TaskState.Failed); // its rows are there already

        Assert.Equal(3, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'before-copy'"));
        Assert.True(await pipeline.Harness.Consumed.Any<Greeted>());
    }

    [Fact]
    public async Task Headers_and_ids_survive_the_outbox()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (id, correlation, at) = (Guid.CreateVersion7(), Guid.NewGuid(), new DateTime(2026, 11, 24, 1, 2, 3, DateTimeKind.Utc));
        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("ä\"😀"), c =>
            {
                c.MessageId = id;
                c.CorrelationId = correlation;
                c.Headers.Set("text", "a'b\"c");
                c.Headers.Set("number", 42);
                c.Headers.Set("time", at);
            });
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        }

        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var received = Assert.Single(pipeline.Script.Greets);
        Assert.Equal(("ä\"😀", id, correlation), (received.Message.Name, received.MessageId, received.CorrelationId));
        Assert.Equal(("a'b\"c", 42, at), (received.Headers.Get<string>("text"), received.Headers.Get<int>("number"), received.Headers.Get<DateTime>("time")));
    }

    [Fact]
    public async Task A_message_that_cannot_be_serialized_fails_its_commit()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await CommitAsync("a", insert => insert.AffectedNothing);
        await Assert.ThrowsAnyAsync<SerializationException>(() => CommitAsync("b", insert => insert.Affected));
        await Assert.ThrowsAnyAsync<SerializationException>(() => CommitAsync("c", _ => null));

        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(0, await UnderTest.CountAsync("tasks"));

        async Task CommitAsync(string name, Func<StagedCommand, StagingCondition?> condition)
        {
            await using var scope = pipeline.Services.CreateAsyncScope();
            var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            var insert = unit.Execute("INSERT INTO things (name) VALUES ($1)", name);
            scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Unspeakable(), onlyIf: condition(insert));
            await unit.CommitAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_publish_filter_runs_in_the_scope_of_the_publisher(bool traced)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, configureBus: (context, bus) => bus.UsePublishFilter(typeof(SigningFilter<>), context));
        using var request = new Activity("request").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => traced && source.Name is "MassTransit",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => // not the spans of other tests, in which they would be current
                options.Parent.TraceId == request.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        var (added, published) = (Guid.Empty, Guid.CreateVersion7());
        int signature;

        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            signature = SigningFilter.SignatureOf(unit);
            added = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("added")).Id;
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("published"), c => c.MessageId = published);
            await unit.CommitAsync();
        }

        await pipeline.TaskAsync(added, TaskState.Succeeded);
        await pipeline.TaskAsync(published, TaskState.Succeeded);
        Assert.All(pipeline.Script.Greets, greet => Assert.Equal(signature, greet.Headers.Get<int>(SigningFilter.Header)));
        Assert.Equal(2, pipeline.Script.Greets.Count);
    }

    [Fact]
    public async Task Send_observers_see_the_same_origin_as_the_consumer()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var sent = new SentOrigins();
        using var observing = pipeline.Harness.Bus.ConnectSendObserver(sent);

        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var received = Assert.Single(pipeline.Script.Greets);
        Assert.NotNull(received.ConversationId);
        Assert.Equal(pipeline.Harness.Bus.Address, received.SourceAddress);
        Assert.Equal((received.ConversationId, received.SourceAddress), sent.Of(id));
    }

    [Fact]
    public async Task A_delayed_task_waits_in_the_database()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var later = await pipeline.AddAsync(new Greet("later"), delay: TimeSpan.FromHours(1));
        var soon = await pipeline.AddAsync(new Greet("soon"), delay: TimeSpan.FromMilliseconds(300));
        var task = await pipeline.TaskAsync(soon, TaskState.Succeeded);

        Assert.True(task.FinishedAt - task.CreatedAt >= TimeSpan.FromMilliseconds(250), "it was consumed before its time");
        await pipeline.TaskAsync(later, TaskState.Scheduled);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 1, "only the later one is left"); // a row is deleted after its message was sent
    }

    [Fact]
    public async Task An_attempt_that_takes_a_while_is_shown_as_running()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var release = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => release.Task;

        var id = await pipeline.AddAsync(new Greet("slow"));
        var running = await pipeline.TaskAsync(id, TaskState.Running);
        release.SetResult();
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        Assert.Equal(1, running.Attempts);
        Assert.NotNull(running.StartedAt);
    }

    private static async Task StageAndPublish(ConsumeContext<Greet> context, IServiceProvider provider)
    {
        provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
        await context.Publish(new Greeted(context.Message.Name));
        await provider.GetRequiredService<IPublishEndpoint>().Publish(new Greeted("by the scope"));
    }
}
