using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Recovery;

public sealed class SqliteRecoveryStepsTests : RecoveryStepsTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresRecoveryStepsTests : RecoveryStepsTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The broker is asked between two short transactions.</summary>
public abstract class RecoveryStepsTests : RecoverySuite
{
    [Fact]
    public async Task Nobody_waits_for_what_the_broker_is_asked()
    {
        await SendAsync();
        WhenAsked = () => UnderTest.ExecuteAsync("UPDATE sent_messages SET check_at = check_at");

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }

    [Fact]
    public async Task A_task_that_changes_meanwhile_is_not_sent_again()
    {
        var message = await SendAsync();
        WhenAsked = () => CommitAsync(Work.With(new TaskOutcome(message.MessageId, TaskState.Retrying, 1, Now) { RetryDelay = TimeSpan.FromHours(1) }));

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Retrying}"));
    }

    [Fact]
    public async Task What_another_process_decided_meanwhile_stays()
    {
        await SendAsync();
        WhenAsked = async () =>
        {
            WhenAsked = () => Task.CompletedTask;
            Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
        };

        Assert.Empty(await LookAsync(after: Options.LostAfter));

        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task What_a_dead_process_has_taken_is_checked_later()
    {
        await SendAsync();
        WhenAsked = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => LookAsync(after: Options.LostAfter));
        WhenAsked = () => Task.CompletedTask;

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }

    [Fact]
    public async Task What_was_sent_again_leaves_its_batch()
    {
        var work = Work.With(MessageOf("greet"));
        work.Add(MessageOf("other"));
        await CommitAsync(work);
        await DispatchAsync();
        Ready["other"] = 1;

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);

        Assert.Equal(1, await UnderTest.CountAsync("sent_messages", "length(ids) = 16"));
        await DispatchAsync();
        Ready["other"] = 0;
        Assert.Equal(["greet", "other"], (await LookAsync(after: Options.LostAfter)).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_backlog_in_the_outbox_puts_its_queue_off()
    {
        await SendAsync();
        var backlog = new StagedWork();
        for (var i = 0; i < 1_001; i++)
        {
            backlog.Add(MessageOf("greet"));
        }

        await CommitAsync(backlog);
        Assert.Empty(await LookAsync(after: Options.LostAfter));

        await UnderTest.ExecuteAsync("DELETE FROM outbox");

        Assert.Equal(1, (await LookAsync(after: Options.LostAfter))["greet"]);
    }
}
