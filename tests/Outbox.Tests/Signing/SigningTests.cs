using System.Text;
using MassTransit;
using Messaging.Outbox.Control;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.FastLane;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Signing;

public sealed class SqliteSigningTests : SigningTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSigningTests : SigningTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>With keys nothing is believed that no dispatcher has signed.</summary>
public abstract class SigningTests : StoreSuite
{
    [Fact]
    public async Task A_dispatched_message_is_consumed_and_retried()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = (_, _) => pipeline.Script.Greets.Count == 1 ? throw new InvalidOperationException("no") : Task.CompletedTask;

        Assert.Equal(2, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded)).Attempts);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Count("one")), TaskState.Succeeded);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Note("two")), TaskState.Succeeded); // which publishes an event
        await Eventually.True(() => pipeline.Received.Of("greeted") == 1, "the event has come");
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_foreign_message_with_a_tasks_id_completes_nothing()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Greet("real"), delay: TimeSpan.FromHours(1));

        await pipeline.DeliverAgainAsync(new Greet("foreign"), "greet", id);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "it is refused");

        Assert.Empty(pipeline.Script.Greets);
        Assert.Equal((1, 0), (await UnderTest.CountAsync("dead_letters", "reason = 'Unsigned' AND task_id IS NULL"), await UnderTest.CountAsync("inbox")));
        await pipeline.TaskAsync(id, TaskState.Scheduled);
        await Eventually.True(() => pipeline.Logs.Lines.Any(line => line.Contains("1 message(s) on greet have no valid signature", StringComparison.Ordinal)), "it is logged");
    }

    [Fact]
    public async Task A_made_up_signature_is_forged()
    {
        await using var pipeline = await StartAsync();

        await pipeline.DeliverAsync(new Greet("foreign"), "greet", Guid.CreateVersion7(), context =>
            context.Headers.Set("Outbox-Signature", $"1;a;{Convert.ToBase64String(new byte[32])};greet"));
        await pipeline.DeliverAsync(new Greet("foreign"), "greet", Guid.CreateVersion7(), context => context.Headers.Set("Outbox-Signature", "1;c;;greet"));
        await pipeline.DeliverAsync(new Greet("foreign"), "greet", Guid.CreateVersion7(), context => context.Headers.Set("Outbox-Signature", "?"));

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "reason = 'Forged'") == 3, "all are refused");
        Assert.Empty(pipeline.Script.Greets);
    }

    [Fact]
    public async Task A_redriven_foreign_message_has_its_effect_and_no_task()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Greet("real"), delay: TimeSpan.FromHours(1));
        await pipeline.DeliverAgainAsync(new Greet("foreign"), "greet", id);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "it is refused");

        await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { Reason = DeadLetterReason.Unsigned }, "test"));
        await Eventually.True(() => pipeline.Script.Greets.Count == 1, "it is consumed");
        await Eventually.True(async () => await UnderTest.CountAsync("inbox") > 0, "and that is committed");
        await pipeline.DeliverAgainAsync(new Greet("foreign"), "greet", id);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "state = 0") == 1, "the next one is refused again");
        await pipeline.InUnitAsync((IDeadLetterControl f) => f.DropAsync(new DeadLetterQuery { Reason = DeadLetterReason.Unsigned }, "test"));

        await pipeline.TaskAsync(id, TaskState.Scheduled);
        Assert.Equal(0, await UnderTest.CountAsync("inbox", "message_id IN (SELECT id FROM tasks)"));
    }

    [Fact]
    public async Task Few_of_many_refused_messages_are_kept()
    {
        await using var pipeline = await StartAsync(signing => signing.MaxRefused = 3);

        await pipeline.DeliverAsync(new Greet(new string('x', 70_000)), "greet", Guid.CreateVersion7());
        for (var i = 0; i < 10; i++)
        {
            await pipeline.DeliverAsync(new Greet("foreign"), "greet", Guid.CreateVersion7());
        }

        await Eventually.True(() => pipeline.Received.Of("greet") == 11, "all are acknowledged");
        Assert.Equal(3, await UnderTest.CountAsync("dead_letters"));
        Assert.Empty(pipeline.Script.Greets);
        Assert.Single(pipeline.Logs.Lines, line => line.Contains("no valid signature", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_accepted_from_outside_is_untracked()
    {
        await using var pipeline = await StartAsync(signing => signing.AcceptUnsigned.Add("Messaging.Outbox.Tests.MassTransit.Pipeline:Greet"));
        var id = await pipeline.AddAsync(new Greet("real"), delay: TimeSpan.FromHours(1));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        await pipeline.DeliverAsync(new Greet("outside"), "greet", id, context =>
        {
            context.Headers.Set("Task-Id", id.ToString());
            context.Headers.Set("Task-Attempts", 40);
            context.Headers.Set("Task-Unique-Key", "k");
        });
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "reason = 'Failed'") == 1, "it is dead-lettered");

        Assert.Equal(2, pipeline.Script.Greets.Count); // the second time it is signed
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "task_id IS NULL"));
        Assert.Equal(0, await UnderTest.CountAsync("inbox", "message_id IN (SELECT id FROM tasks)"));
        pipeline.Script.Greet = (_, _) => Task.CompletedTask;
        await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { Reason = DeadLetterReason.Failed }, "test"));
        await Eventually.True(() => pipeline.Script.Greets.Count == 3, "it is consumed after all");
        await pipeline.TaskAsync(id, TaskState.Scheduled);
    }

    [Fact]
    public async Task Only_types_that_the_settings_name_are_accepted_from_outside()
    {
        await using var pipeline = await StartAsync(signing => signing.AcceptUnsigned.Add("greeted"));

        await pipeline.DeliverAsync(new Greeted("outside"), "greeted", Guid.CreateVersion7());
        await pipeline.DeliverAsync(new Greet("outside"), "greet", Guid.CreateVersion7());

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "queue = 'greet'") == 1, "one is refused");
        await Eventually.True(async () => await UnderTest.CountAsync("inbox") > 0, "one is consumed");
    }

    [Fact]
    public async Task Until_signatures_are_required_a_message_without_one_is_its_task()
    {
        await using var pipeline = await StartAsync(signing => signing.Required = false);
        var id = await pipeline.AddAsync(new Greet("real"), delay: TimeSpan.FromHours(1));

        await pipeline.DeliverAgainAsync(new Greet("in flight"), "greet", id);

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await Eventually.True(() => pipeline.Logs.Lines.Any(line => line.Contains("no valid signature", StringComparison.Ordinal)), "it is logged");
    }

    [Fact]
    public async Task A_temporary_queue_keeps_no_refused_message()
    {
        await using var pipeline = await StartAsync(instances: ["hear-1"]);

        await pipeline.DeliverAsync(new Heard("foreign"), "hear-1", Guid.CreateVersion7());
        await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("real")), TaskState.Succeeded);

        Assert.Equal(["real"], pipeline.Script.Heard.Select(h => h.Name));
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Theory]
    [InlineData("greet", TaskState.Scheduled)]
    [InlineData("Messaging.Outbox.Tests.MassTransit.Pipeline:Greet", TaskState.Scheduled)]
    [InlineData("note", TaskState.Cancelled)]
    public async Task A_purge_trusts_no_header_of_a_message_from_outside(string accepted, TaskState expected)
    {
        await using var pipeline = await StartAsync(signing => (signing.Required, signing.AcceptUnsigned) = (false, [accepted]));
        var id = await pipeline.AddAsync(new Greet("real"), delay: TimeSpan.FromHours(1));
        var delivery = new FakeDelivery(id, "outside") { MessageType = "urn:message:Messaging.Outbox.Tests.MassTransit.Pipeline:Greet" };
        var taken = new TakenMessage(id.ToString(), [new("Task-Id", id.ToString())], delivery.ContentType, delivery.Body);
        var services = pipeline.Services;
        var purge = new QueuePurge(
            services.GetRequiredService<ICommitStore>(),
            services.GetRequiredService<ISqlDialect>(),
            services.GetRequiredService<IStoreTime>(),
            new OneMessage(taken),
            services.GetRequiredService<IMessageTransport>(),
            services.GetRequiredService<RunningTasks>(),
            services.GetRequiredService<MessageSigner>(),
            services.GetRequiredService<StoreClock>());

        await purge.PurgeAsync("greet", 1, "test", TestContext.Current.CancellationToken);

        await pipeline.TaskAsync(id, expected);
    }

    [Fact]
    public async Task The_fast_lane_leaves_unsigned_messages_to_the_pipeline()
    {
        await using var pipeline = await StartAsync();

        Assert.False(pipeline.Script.Direct!.TryTake(new FakeDelivery(Guid.CreateVersion7(), "foreign")));
    }

    [Fact]
    public async Task The_fast_lane_takes_signed_messages()
    {
        await using var pipeline = await StartAsync();
        var id = Guid.CreateVersion7();
        var delivery = new FakeDelivery(id, "signed");
        var row = new OutboxMessage
        {
            Id = 1,
            MessageId = id,
            Attempts = 0,
            Destination = "rabbitmq://localhost/jot",
            ContentType = delivery.ContentType!,
            Metadata = "{}",
            Body = delivery.Body.ToArray(),
        };
        delivery.TransportHeaders["Outbox-Signature"] = Encoding.UTF8.GetBytes(pipeline.Services.GetRequiredService<MessageSigner>().Sign(row, headers: null));

        Assert.True(pipeline.Script.Direct!.TryTake(delivery));
        Assert.Equal("acknowledged", await delivery.Answer);
    }

    [Fact]
    public async Task A_refused_message_has_no_throw_site()
    {
        await using var pipeline = await StartAsync();

        await pipeline.DeliverAsync(new Greet("foreign"), "greet", Guid.CreateVersion7(), context =>
        {
            context.Headers.Set(MessageHeaders.FaultExceptionType, "System.Exception");
            context.Headers.Set(MessageHeaders.FaultStackTrace, "at Nowhere.At.All()");
        });

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "it is refused");
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "exception_type IS NULL AND throw_site IS NULL AND stack_trace IS NULL"));
    }

    [Fact]
    public async Task A_malformed_key_is_reported_at_the_start_without_its_value()
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(signing =>
        {
            signing.Keys.Add(new SigningKey { Id = "short", Key = "c2VjcmV0" });
            signing.Keys.Add(new SigningKey { Id = "a", KeyFile = "/does/not/exist" });
            signing.Keys.Add(new SigningKey { Id = "no spaces", Key = "secret!" });
        }));

        Assert.Contains("Outbox:Signing:Keys:2: the key is too short", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Outbox:Signing:Keys:3: KeyFile cannot be read", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Outbox:Signing:Keys:4: Id 'no spaces'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("two keys have the id 'a'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.Message, StringComparison.Ordinal);
    }

    private sealed class OneMessage(TakenMessage message) : IQueueTransport
    {
        public Task<long?> CountAsync(string queue, CancellationToken cancellationToken) => Task.FromResult<long?>(1);

        public async Task<int> TakeAsync(
            string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken)
        {
            await settle([message], cancellationToken);
            return 1;
        }
    }

    private Task<PipelineUnderTest> StartAsync(Action<SigningOptions>? configure = null, params IReadOnlyList<string> instances) => PipelineUnderTest.StartAsync(
        UnderTest,
        PipelineUnderTest.Quick(delayed: 1),
        options =>
        {
            options.Signing.Keys.Add(SignerTests.KeyOf("a"));
            options.Signing.Keys.Add(SignerTests.KeyOf("b"));
            configure?.Invoke(options.Signing);
        },
        instances: instances);
}
