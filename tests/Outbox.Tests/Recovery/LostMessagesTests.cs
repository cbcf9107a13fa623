using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Recovery;

public sealed class SqliteLostMessagesTests : LostMessagesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLostMessagesTests : LostMessagesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a broker has confirmed and lost is sent again; what it still has, or a worker is at, is not.</summary>
public abstract class LostMessagesTests : RecoverySuite
{
    [Fact]
    public async Task A_message_that_a_broker_lost_is_sent_again_once()
    {
        var message = await SendAsync();
        Assert.Empty(await LookAsync(after: Options.LostAfter - TimeSpan.FromMinutes(1)));

        Assert.Equal(1, (await LookAsync(after: TimeSpan.FromMinutes(1)))["greet"]);

        Assert.Empty(await LookAsync());
        await using var claim = await Store.Outbox.ClaimAsync(10, null, default);
        var again = Assert.Single(claim.Messages);
        Assert.Equal(
            (message.MessageId, message.Destination, message.ContentType, message.Content.Value.Metadata, message.Queue),
            (again.MessageId, again.Destination, again.ContentType, again.Metadata, again.Queue));
        Assert.Equal(message.Content.Value.Body, again.Body);
    }

    [Fact]
    public async Task A_message_that_is_lost_twice_is_sent_again_twice()
    {
        await SendAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
            await DispatchAsync();
        }

        Assert.Equal(1, await UnderTest.CountAsync("sent_messages"));
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(null)]
    public async Task It_waits_while_the_queue_is_not_empty_or_unknown(long? ready)
    {
        await SendAsync();
        Ready["greet"] = ready;
        Assert.Empty(await LookAsync(after: Options.LostAfter));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));

        Ready["greet"] = 0;

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }

    [Fact]
    public async Task A_task_without_a_known_queue_is_recovered_by_its_messages_destination()
    {
        var message = MessageOf("greet") with { Queue = null };
        await CommitAsync(Work.With(message));
        await DispatchAsync();
        Assert.Empty(await LookAsync(after: Options.LostAfter)); // nobody knows yet

        Know("greet");

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }

    [Theory]
    [InlineData(TaskState.Succeeded)]
    [InlineData(TaskState.Failed)]
    public async Task An_ended_task_is_not_sent_again_and_its_record_is_deleted(TaskState state)
    {
        var message = await SendAsync();
        await CommitAsync(Work.With(new TaskOutcome(message.MessageId, state, 1, Now)));

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal((0, 0), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("sent_messages")));
    }

    [Fact]
    public async Task A_running_task_is_sent_again_only_when_its_worker_is_gone()
    {
        var message = await SendAsync();
        await Store.Running.MarkRunningAsync([new RunningTask(message.MessageId, 1, Now)], "worker-1", default);
        await BeatAsync(message.MessageId, after: Options.LostAfter);
        Assert.Empty(await LookAsync());

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);

        Assert.Equal(1, await UnderTest.CountAsync("tasks", "state = 0"));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_worker_that_cannot_report_for_a_while_keeps_its_task(bool isDurable, int sentAgain)
    {
        IsDurable = isDurable; // without storage nothing else brings back what a dead worker had
        var message = await SendAsync();
        await Store.Running.MarkRunningAsync([new RunningTask(message.MessageId, 1, Now)], "worker-1", default);
        await BeatAsync(message.MessageId, after: Options.LostAfter / 2);
        Pass(Options.LostAfter / 2);
        await CleanUpAsync();

        Assert.Equal(sentAgain, (await LookAsync()).GetValueOrDefault("greet"));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task So_does_one_that_began_it_after_its_last_report(bool isDurable, int sentAgain)
    {
        IsDurable = isDurable;
        var message = await SendAsync();
        await BeatAsync(Guid.NewGuid(), after: Options.LostAfter / 2);
        await Store.Running.MarkRunningAsync([new RunningTask(message.MessageId, 1, Now)], "worker-1", default);

        Assert.Equal(sentAgain, (await LookAsync(after: Options.LostAfter / 2)).GetValueOrDefault("greet"));
    }

    [Fact]
    public async Task A_gone_worker_with_a_wrong_clock_delays_nothing()
    {
        var message = await SendAsync();
        await Store.Running.MarkRunningAsync([new RunningTask(message.MessageId, 1, Now.AddHours(2))], "worker-1", default);

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }

    [Fact]
    public async Task A_deferred_task_is_not_sent_again_early()
    {
        var message = await SendAsync();
        var work = Work.With(new TaskOutcome(message.MessageId, TaskState.Retrying, 1, Now) { RetryDelay = TimeSpan.FromHours(1) });
        work.Add(message with { TaskKind = null, Delay = TimeSpan.FromHours(1) });
        await CommitAsync(work);

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal((1, 0), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("sent_messages")));
    }

    [Fact]
    public async Task Of_two_sends_of_one_task_only_the_later_counts()
    {
        var message = await SendAsync();
        Pass(Options.LostAfter / 2);
        var work = Work.With(new TaskOutcome(message.MessageId, TaskState.Retrying, 1, Now));
        var (metadata, body) = message.Content.Value;
        work.Add(message with
        {
            TaskKind = null,
            Content = MessageContent.Of(metadata.Replace("{\"headers\"", "{ \"headers\"", StringComparison.Ordinal), body),
        });
        await CommitAsync(work);
        await DispatchAsync();
        Assert.Empty(await LookAsync(after: Options.LostAfter / 2));

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter / 2))["greet"]);

        await using var claim = await Store.Outbox.ClaimAsync(10, null, default);
        Assert.StartsWith("{ \"headers\"", Assert.Single(claim.Messages).Metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_batch_only_lost_messages_are_sent_again()
    {
        var messages = Enumerable.Range(0, 30).Select(_ => MessageOf("greet")).ToList();
        var work = new StagedWork();
        messages.ForEach(work.Add);
        work.Add(Work.Message()); // an event
        await CommitAsync(work);
        await DispatchAsync();
        var done = new StagedWork();
        done.Outcomes.AddRange(messages.Skip(2).Select(m => new TaskOutcome(m.MessageId, TaskState.Succeeded, 1, Now)));
        await CommitAsync(done);

        Assert.Equal(2, (await LookAsync(after: Options.LostAfter))["greet"]);

        await using var claim = await Store.Outbox.ClaimAsync(100, null, default);
        Assert.Equal(messages.Take(2).Select(m => m.MessageId), claim.Messages.Select(m => m.MessageId));
    }
}
