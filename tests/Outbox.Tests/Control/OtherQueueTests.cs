using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteOtherQueueTests : OtherQueueTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresOtherQueueTests : OtherQueueTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Dead letters that are redriven to another queue than the one they were sent to.</summary>
public abstract class OtherQueueTests : StoreSuite
{
    [Fact]
    public async Task A_message_is_consumed_once_elsewhere_and_its_task_follows()
    {
        var id = await DeadLetterAsync();
        var seen = new Seen();
        await using var pipeline = await StartAsync(seen);
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'again'") == 1, "the other queue is known");

        Assert.Equal(1, await RedriveAsync(pipeline, "again"));

        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(("again", 1, 2), (task.Queue, task.Redrives, task.Attempts));
        Assert.Equal([("ann", "again")], seen.All);
        Assert.Empty(pipeline.Script.Greets);
        var letter = Assert.Single((await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListAsync(new DeadLetterQuery(), DeadLetterState.Redriven, after: null, limit: 10))).Items);
        Assert.Equal(("greet", "again"), (letter.Queue, letter.RedrivenTo));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'dead-letter.redrive' AND details LIKE '%\"queue\":\"again\"%'"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
    }

    [Fact]
    public async Task A_message_that_fails_there_is_a_dead_letter_of_that_queue()
    {
        var id = await DeadLetterAsync();
        await using var pipeline = await StartAsync(new Seen { Fails = true });
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'again'") == 1, "the other queue is known");

        await RedriveAsync(pipeline, "again");

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "state = 0 AND queue = 'again'") == 1, "it failed there");
        Assert.Equal("again", (await pipeline.TaskAsync(id, TaskState.Failed)).Queue);
    }

    [Fact]
    public async Task A_queue_that_no_worker_has_reported_is_refused()
    {
        await DeadLetterAsync();
        await using var pipeline = await StartAsync(new Seen());

        var exception = await Assert.ThrowsAsync<UnknownQueueException>(() => RedriveAsync(pipeline, "gret"));

        Assert.Equal(("greet", "No worker has reported a queue gret. Is it greet?"), (exception.Nearest, exception.Message));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0"));
    }

    [Fact]
    public async Task An_unknown_queue_is_refused_whether_anything_matches_or_not()
    {
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'greet'") == 1, "the queue is known");

        await Assert.ThrowsAsync<UnknownQueueException>(() => RedriveAsync(pipeline, "gret"));
        await Assert.ThrowsAsync<UnknownQueueException>(() => BulkAsync(pipeline, "gret"));
        Assert.Equal(0, await RedriveAsync(pipeline, "greet"));
    }

    [Fact]
    public async Task A_queue_without_a_consumer_of_the_type_is_refused()
    {
        var id = await DeadLetterAsync();
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name IN ('again', 'count')") == 2, "both queues are known");

        var exception = await Assert.ThrowsAsync<QueueTypeException>(() => RedriveAsync(pipeline, new DeadLetterQuery { TaskId = id }, "count"));
        var many = await Assert.ThrowsAsync<QueueTypeException>(() => BulkAsync(pipeline, "count"));
        var all = await Assert.ThrowsAsync<QueueTypeException>(() => RedriveAsync(pipeline, "count"));

        Assert.Equal("Queue count takes no messages of type Greet. These do: again, greet.", exception.Message);
        Assert.Equal([exception.Message, exception.Message], [many.Message, all.Message]);
        Assert.Equal((1, 0), (await UnderTest.CountAsync("dead_letters", "state = 0"), await UnderTest.CountAsync("audit")));
    }

    [Fact]
    public async Task Of_many_only_those_go_that_the_queue_takes()
    {
        await DeadLetterAsync();
        await DeadLetterAsync(new Count("one"));
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name IN ('again', 'count')") == 2, "both queues are known");

        var result = await BulkAsync(pipeline, "again");

        Assert.Equal((1, 1, "1 not redriven, because the queue takes no messages of its type: redrive them to one that does."), (result.Changed, result.Skipped, result.Reason));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0 AND queue = 'count'"));
        Assert.Equal(0, await RedriveAsync(pipeline, "again")); // a call that is repeated is no slip
    }

    [Fact]
    public async Task A_message_that_says_no_type_can_go_to_any_queue()
    {
        await DeadLetterAsync();
        await UnderTest.ExecuteAsync($$"""UPDATE {{UnderTest.NameOf("dead_letters")}} SET metadata = '{"messageTypes":[]}'""");
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'count'") == 1, "the other queue is known");

        Assert.Equal(1, await RedriveAsync(pipeline, "count"));
    }

    [Fact]
    public async Task The_queues_that_take_dead_letters_are_known()
    {
        await DeadLetterAsync();
        await DeadLetterAsync(new Count("one"));
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name IN ('again', 'count')") == 2, "both queues are known");
        var queues = pipeline.Services.GetRequiredService<RedriveQueues>();

        Assert.Equal(["again", "count", "greet"], await queues.OfAsync(new DeadLetterQuery(), default));
        Assert.Equal(["count"], await queues.OfAsync(new DeadLetterQuery { MessageType = "Count" }, default));
        Assert.Empty(await queues.OfAsync(["urn:message:Shop:Other"], default));
    }

    [Fact]
    public async Task Queues_of_few_letters_behind_many_are_known()
    {
        await UnderTest.AddLettersAsync(6_000, groups: 1); // more than a page of the search reads
        var letters = UnderTest.NameOf("dead_letters");
        await UnderTest.ExecuteAsync(
            $$"""UPDATE {{letters}} SET message_type = 'Order', metadata = '{"messageTypes":["urn:message:Shop:Order"]}' WHERE id = (SELECT id FROM {{letters}} ORDER BY id LIMIT 1)""");
        await using (var transaction = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await transaction.Own.ExecuteAsync(
                """INSERT INTO messaging.queues (name, message_types, updated_at) VALUES ('orders', '["urn:message:Shop:Order"]', $1), ('others', '["urn:message:Shop:Other"]', $1)""",
                default,
                new StoreTime(DateTimeOffset.UtcNow));
            await transaction.CommitAsync(new StagedWork(), default);
        }

        Assert.Equal(["orders"], await new RedriveQueues(UnderTest.Own).OfAsync(new DeadLetterQuery { MessageType = "Order" }, default));
    }

    [Fact]
    public async Task A_message_without_a_consumer_is_told_where_it_can_go()
    {
        await using var pipeline = await StartAsync(new Seen());
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name IN ('again', 'greet')") == 2, "both queues are known");
        var id = Guid.CreateVersion7();
        await pipeline.InUnitAsync(async (ISendEndpointProvider provider) =>
        {
            await (await provider.GetSendEndpoint(new Uri("queue:count"))).Send(new Greet("ann"), context => context.MessageId = id);
            return true;
        });
        var task = await pipeline.TaskAsync(id, TaskState.Failed);

        var reason = (await pipeline.Services.GetRequiredService<ITaskReasons>().FindAsync(task.Id))!;

        Assert.Contains("no consumer of that queue takes messages of type Greet.", reason.Message, StringComparison.Ordinal);
        Assert.Contains("Redrive it to a queue that takes them (again, greet): POST /dead-letters/", reason.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_a_task_with_several_consumers_stays()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, addConsumers: x =>
        {
            x.AddConsumer<FailingBill>().Endpoint(e => e.Name = "bill-it");
            x.AddConsumer<FailingShip>().Endpoint(e => e.Name = "ship-it");
        });
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name IN ('bill-it', 'ship-it')") == 2, "both queues are known");
        var id = await pipeline.AddAsync(new Sold("book"));
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "state = 0") == 2, "both have failed");

        Assert.Equal(0, await RedriveAsync(pipeline, "ship-it"));

        Assert.Equal(2, await UnderTest.CountAsync("dead_letters", "state = 0"));
        await pipeline.TaskAsync(id, TaskState.Failed);
    }

    private static Task<int> RedriveAsync(PipelineUnderTest pipeline, string queue) => RedriveAsync(pipeline, new DeadLetterQuery { Reason = DeadLetterReason.Failed }, queue);

    private static Task<int> RedriveAsync(PipelineUnderTest pipeline, DeadLetterQuery query, string queue) =>
        pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(query, "test", queue: queue));

    private static Task<BulkResult> BulkAsync(PipelineUnderTest pipeline, string queue) => pipeline.InUnitAsync((BulkActions actions) =>
        actions.RunAsync(BulkOrder.Of(BulkActionKind.Redrive, new DeadLetterQuery { Reason = DeadLetterReason.Failed }) with { Queue = queue }, expected: null, "test", default));

    private Task<PipelineUnderTest> StartAsync(Seen seen) => PipelineUnderTest.StartAsync(UnderTest, addConsumers: x =>
    {
        x.AddSingleton(seen);
        x.AddConsumer<AgainConsumer>().Endpoint(e => e.Name = "again");
    });

    /// <summary>A task that failed while only one queue took its type.</summary>
    private Task<Guid> DeadLetterAsync() => DeadLetterAsync(new Greet("ann"));

    private async Task<Guid> DeadLetterAsync<T>(T message)
        where T : class
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        pipeline.Script.Count = (_, _) => throw new InvalidOperationException("no");
        var id = await pipeline.AddAsync(message);
        await pipeline.TaskAsync(id, TaskState.Failed);
        return id;
    }

    public sealed record Sold(string What);

    public sealed class Seen
    {
        public bool Fails { get; init; }

        public ConcurrentQueue<(string Name, string Destination)> All { get; } = new();
    }

    public sealed class AgainConsumer(Seen seen) : IConsumer<Greet>
    {
        public Task Consume(ConsumeContext<Greet> context)
        {
            seen.All.Enqueue((context.Message.Name, context.DestinationAddress!.AbsolutePath.Split('/')[^1]));
            return seen.Fails ? throw new InvalidOperationException("not here either") : Task.CompletedTask;
        }
    }

    public sealed class FailingBill : IConsumer<Sold>
    {
        public Task Consume(ConsumeContext<Sold> context) => throw new InvalidOperationException("no bill");
    }

    public sealed class FailingShip : IConsumer<Sold>
    {
        public Task Consume(ConsumeContext<Sold> context) => throw new InvalidOperationException("no ship");
    }
}
