using System.Runtime.Serialization;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteStoreTests : OutboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerOutboxStoreTests : OutboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresStoreTests : OutboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task A_locked_row_blocks_only_work_on_that_row()
    {
        const string wantIt = "UPDATE things SET name = 'locked' WHERE name = 'locked'";
        await UnderTest.Store.Commits.CommitAsync([new StagedWork().Insert("locked")], lockWait: null, default);
        await using var committer = new GroupCommitter(
            UnderTest.Store.Commits, UnderTest.Store.Health, new OutboxSignal(), Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }), NullLogger<GroupCommitter>.Instance);
        List<Task<bool>> wanting = [], others = [];
        await using (var holder = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await holder.ExecuteAsync(Wanting(), default);
            for (var i = 0; i < 50; i++)
            {
                others.Add(committer.CommitAsync(new StagedWork().Insert($"{i}"), default));
                if (i % 10 == 0)
                {
                    wanting.Add(committer.CommitAsync(Wanting(), default));
                }
            }

            Assert.All(await Task.WhenAll(others), Assert.True);
            Assert.DoesNotContain(wanting, commit => commit.IsCompleted);
        }

        Assert.All(await Task.WhenAll(wanting), Assert.True);
        Assert.Equal(51, await UnderTest.CountAsync("things"));

        static StagedWork Wanting()
        {
            var work = new StagedWork();
            work.Stage(wantIt);
            return work;
        }
    }
}

/// <summary>What every store has to do, whatever its dialect.</summary>
public abstract class OutboxStoreTests : StoreSuite
{
    private static Lazy<MessageContent> NotSerializable => new(() => throw new SerializationException("Not serializable."));

    private StoreSeams Store => UnderTest.Store;

    [Fact]
    public async Task A_committed_message_can_be_claimed_with_every_byte_it_had()
    {
        var (metadata, body) = ("""{"messageTypes":["a"],"x":"'\"ü😀"}""", new byte[] { 0, 1, 2, 255 });
        var message = Work.Message() with { Content = MessageContent.Of(metadata, body) };

        await CommitAsync(Work.With(message));

        await using var claim = await ClaimAsync();
        var claimed = Assert.Single(claim.Messages);
        Assert.Equal(
            (message.MessageId, message.Destination, message.ContentType, metadata, 0),
            (claimed.MessageId, claimed.Destination, claimed.ContentType, claimed.Metadata, claimed.Attempts));
        Assert.Equal(body, claimed.Body);
    }

    [Fact]
    public async Task A_completed_claim_leaves_nothing_behind()
    {
        await CommitAsync(Work.With(Work.Message()), Work.With(Work.Message()));

        await using (var claim = await ClaimAsync())
        {
            Assert.Equal(2, claim.Messages.Count);
            await claim.CompleteAsync([], [], default);
        }

        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_claim_that_is_not_completed_makes_its_messages_due_again()
    {
        await CommitAsync(Work.With(Work.Message()));
        await using (var claim = await ClaimAsync())
        {
            Assert.Single(claim.Messages);
        }

        await using var again = await ClaimAsync();
        Assert.Single(again.Messages);
    }

    [Fact]
    public async Task Two_dispatchers_never_claim_the_same_message()
    {
        await CommitAsync([.. Enumerable.Range(0, 10).Select(_ => Work.With(Work.Message()))]);

        await using var first = await Store.Outbox.ClaimAsync(6, null, default);
        await using var second = await Store.Outbox.ClaimAsync(10, null, default);

        Assert.Equal(6, first.Messages.Count);
        Assert.Equal(4, second.Messages.Count);
        Assert.Empty(first.Messages.Select(m => m.MessageId).Intersect(second.Messages.Select(m => m.MessageId)));
    }

    [Fact]
    public async Task A_row_that_becomes_due_early_is_claimed_within_a_second()
    {
        await CommitAsync([.. Enumerable.Range(0, 3).Select(_ => Work.With(Work.Message()))]);
        await using (var full = await Store.Outbox.ClaimAsync(2, null, default))
        {
            Assert.Equal(2, full.Messages.Count);
            await full.CompleteAsync([], [], default);
        }

        var late = Work.Message() with { Delay = TimeSpan.FromHours(-1) }; // as a transaction that began earlier, and is committed now
        await CommitAsync(Work.With(late));
        var claimed = new List<Guid>();
        for (var end = DateTime.UtcNow.AddSeconds(10); claimed.Count < 2 && DateTime.UtcNow < end; await Task.Delay(50))
        {
            await using var next = await Store.Outbox.ClaimAsync(1, null, default); // full each time
            claimed.AddRange(next.Messages.Select(m => m.MessageId));
            await next.CompleteAsync([], [], default);
        }

        Assert.Contains(late.MessageId, claimed);
    }

    [Fact]
    public async Task A_full_claim_that_is_released_is_claimed_next()
    {
        await CommitAsync([.. Enumerable.Range(0, 4).Select(_ => Work.With(Work.Message()))]);
        Guid[] given;
        await using (var claim = await Store.Outbox.ClaimAsync(2, null, default))
        {
            given = [.. claim.Messages.Select(m => m.MessageId)];
        }

        await using var next = await Store.Outbox.ClaimAsync(2, null, default);

        Assert.Equal(given, next.Messages.Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_is_rescheduled_and_blocks_no_other()
    {
        var (bad, good) = (Work.Message(), Work.Message());
        await CommitAsync(Work.With(bad), Work.With(good));
        await using (var claim = await ClaimAsync())
        {
            var failed = claim.Messages.Single(m => m.MessageId == bad.MessageId);
            await claim.CompleteAsync([new SendFailure(failed, TimeSpan.FromHours(1), "no route")], [], default);
        }

        Assert.Equal(1, await UnderTest.CountAsync("outbox", "attempts = 1 AND last_error = 'no route'"));
        await using var next = await ClaimAsync();
        Assert.Empty(next.Messages);
    }

    [Fact]
    public async Task A_rescheduled_message_is_due_again_at_its_time()
    {
        await CommitAsync(Work.With(Work.Message()));
        await using (var claim = await ClaimAsync())
        {
            await claim.CompleteAsync([new SendFailure(claim.Messages[0], TimeSpan.Zero, "no route")], [], default);
        }

        await using var next = await ClaimAsync();
        Assert.Equal(1, Assert.Single(next.Messages).Attempts);
    }

    [Fact]
    public async Task The_store_knows_when_the_next_message_is_due()
    {
        Assert.Null(await Store.Outbox.UntilNextDueAsync(default));

        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(2) }));
        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(1), Priority = QueuePriority.Low }));
        Assert.InRange((await Store.Outbox.UntilNextDueAsync(default))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));

        await CommitAsync(Work.With(Work.Message()));
        Assert.InRange((await Store.Outbox.UntilNextDueAsync(default))!.Value, TimeSpan.FromMinutes(-1), TimeSpan.Zero);
    }

    [Fact]
    public async Task A_delayed_message_is_not_due_before_its_time()
    {
        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(1) }));

        await using var claim = await ClaimAsync();

        Assert.Empty(claim.Messages);
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_unit_with_a_consumed_key_harms_no_other()
    {
        var key = Work.Key();
        await CommitAsync(Work.With(key));
        var duplicate = Work.With(key).Insert("twice");
        duplicate.Add(Work.Message());

        var unique = await CommitAsync(duplicate, Work.With(Work.Key()).Insert("once"));

        Assert.Equal([false, true], unique);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'once'"));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_duplicate_whose_rows_exist_is_no_failure()
    {
        var key = Work.Key();
        await CommitAsync(Work.With(key).Insert("row"));

        var unique = await CommitAsync(Work.With(key).Insert("row"), Work.With(Work.Key()).Insert("other"));

        Assert.Equal([false, true], unique);
        Assert.Equal(2, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_transaction_in_which_a_command_failed_does_not_commit_silently()
    {
        await CommitAsync(Work.With(Work.Key()).Insert("there"));
        await using var transaction = await Store.Commits.BeginAsync(default);
        var key = Work.Key();
        await transaction.ExecuteAsync(Work.With(key), default);
        await using var command = transaction.Transaction.Connection!.CreateCommand();
        command.Transaction = transaction.Transaction;
        command.CommandText = "INSERT INTO things (name) VALUES ('there')";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => command.ExecuteNonQueryAsync());

        // SQLite goes on after a failed statement, PostgreSQL does not: either it is stored, or it says that it is not.
        var failure = await Record.ExceptionAsync(() => transaction.CommitAsync(new StagedWork(), default));

        Assert.Equal(failure is null, (await Store.Inbox.FindDoneAsync([key], [], default)).Consumed.Count == 1);
    }

    [Fact]
    public async Task Of_two_units_with_one_key_in_one_group_one_is_committed()
    {
        var key = Work.Key();

        var unique = await CommitAsync(Work.With(key).Insert("first"), Work.With(key).Insert("second"));

        Assert.Equal([true, false], unique);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task An_outcome_without_a_start_leaves_the_start_as_it_was()
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, DateTimeOffset.UtcNow) { RetryDelay = TimeSpan.Zero }));

        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Failed, 1, StartedAt: null)));

        Assert.InRange((await FindTaskAsync(id))!.StartedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_rejected_command_leaves_nothing_of_its_group()
    {
        await CommitAsync(Work.With(Work.Key()).Insert("there"));
        var good = Work.With(Work.Key()).Insert("good");
        good.Add(Work.Message());

        await Assert.ThrowsAnyAsync<Exception>(() => CommitAsync(good, Work.With(Work.Key()).Insert("there")));

        Assert.Equal(0, await UnderTest.CountAsync("things", "name = 'good'"));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task A_condition_decides_in_the_transaction_which_message_is_stored()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        var (created, repeated) = (Work.Message().If(insert.Affected), Work.Message().If(insert.AffectedNothing));
        work.Add(created);
        work.Add(repeated);
        await CommitAsync(work);
        await using (var claim = await ClaimAsync())
        {
            Assert.Equal(created.MessageId, Assert.Single(claim.Messages).MessageId);
            await claim.CompleteAsync([], [], default);
        }

        var second = new StagedWork();
        var again = second.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        second.Add(created.If(again.Affected));
        second.Add(repeated.If(again.AffectedNothing));
        await CommitAsync(second);

        await using var next = await ClaimAsync();
        Assert.Equal(repeated.MessageId, Assert.Single(next.Messages).MessageId);
    }

    [Fact]
    public async Task In_a_group_each_condition_decides_by_its_own_row()
    {
        await CommitAsync(new StagedWork().Insert("there"));
        var units = ((string[])["a", "there", "a", "b"]).Select(name =>
        {
            var work = new StagedWork();
            var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", name);
            work.Add(Work.Message().If(insert.Affected));
            return work;
        }).ToArray();

        await CommitAsync(units);

        Assert.Equal([1, 0, 0, 1], units.Select(u => u.Commands[0].RowsAffected));
        await using var claim = await ClaimAsync();
        Assert.Equal(new[] { units[0], units[3] }.Select(u => u.Messages[0].MessageId), claim.Messages.Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_message_whose_condition_does_not_hold_is_not_serialized()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        work.Add(Work.Message().If(insert.Affected));
        work.Add(Work.Message().If(insert.AffectedNothing) with { Content = NotSerializable });

        await CommitAsync(work);

        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_serialized_undoes_only_its_unit()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1)", "a");
        work.Add(Work.Message().If(insert.Affected) with { Content = NotSerializable });

        await Assert.ThrowsAsync<SerializationException>(() => CommitAsync(work));

        await CommitAsync(Work.With(Work.Message()));
        Assert.Equal((0, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("outbox")));
    }

    [Fact]
    public async Task A_tracked_message_has_a_queued_task()
    {
        var message = Work.Message() with { TaskKind = "Greet" };

        await CommitAsync(Work.With(message));

        var task = await FindTaskAsync(message.MessageId);
        Assert.Equal(("Greet", TaskState.Queued, 0), (task!.Kind, task.State, task.Attempts));
        Assert.InRange(task.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Null(await FindTaskAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_task_goes_through_running_and_retrying_to_succeeded()
    {
        var id = await QueueTaskAsync();
        var started = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

        await Store.Running.MarkRunningAsync([new RunningTask(id, 1, started)], "w", default);
        var running = await FindTaskAsync(id);
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, started) { RetryDelay = TimeSpan.FromMinutes(5), Error = "late" }));
        var retrying = await FindTaskAsync(id);
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Succeeded, 2, started)));
        var succeeded = await FindTaskAsync(id);

        Assert.Equal((TaskState.Running, 1, started), (running!.State, running.Attempts, running.StartedAt));
        Assert.Equal((TaskState.Retrying, "late"), (retrying!.State, retrying.LastError));
        Assert.InRange(retrying.NextAttemptAt!.Value, started.AddMinutes(4), started.AddMinutes(6));
        Assert.Null(retrying.FinishedAt);
        Assert.Equal((TaskState.Succeeded, 2, "late"), (succeeded!.State, succeeded.Attempts, succeeded.LastError));
        Assert.NotNull(succeeded.FinishedAt);
        Assert.Null(succeeded.NextAttemptAt);
    }

    [Theory]
    [InlineData(TaskState.Failed)]
    [InlineData(TaskState.Retrying)]
    public async Task A_succeeded_task_stays_succeeded_whatever_a_late_attempt_says(TaskState late)
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Succeeded, 1, DateTimeOffset.UtcNow)));

        await CommitAsync(Work.With(new TaskOutcome(id, late, 2, DateTimeOffset.UtcNow)));
        await Store.Running.MarkRunningAsync([new RunningTask(id, 2, DateTimeOffset.UtcNow)], "w", default);

        Assert.Equal(TaskState.Succeeded, (await FindTaskAsync(id))!.State);
    }

    [Fact]
    public async Task A_late_report_does_not_show_an_ended_attempt_as_running()
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, DateTimeOffset.UtcNow) { RetryDelay = TimeSpan.FromHours(1) }));

        await Store.Running.MarkRunningAsync([new RunningTask(id, 1, DateTimeOffset.UtcNow)], "w", default);

        Assert.Equal(TaskState.Retrying, (await FindTaskAsync(id))!.State);
    }

    [Fact]
    public async Task An_own_transaction_commits_and_rolls_back_with_staged_work()
    {
        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await transaction.ExecuteAsync(Work.With(Work.Key()).Insert("dropped"), default);
        }

        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await transaction.ExecuteAsync(Work.With(Work.Key()).Insert("kept"), default);
            Assert.True(await transaction.CommitAsync(Work.With(Work.Message()), default));
        }

        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'kept'"));
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task Only_rows_past_their_retention_are_removed()
    {
        var (old, failed, queued) = (await QueueTaskAsync(), await QueueTaskAsync(), await QueueTaskAsync());
        await CommitAsync(
            Work.With(Work.Key()),
            Work.With(new TaskOutcome(old, TaskState.Succeeded, 1, DateTimeOffset.UtcNow)),
            Work.With(new TaskOutcome(failed, TaskState.Failed, 1, DateTimeOffset.UtcNow)));

        await CleanUpAsync(DateTimeOffset.UtcNow.AddDays(6.9));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
        Assert.NotNull(await FindTaskAsync(old));

        await CleanUpAsync(DateTimeOffset.UtcNow.AddDays(9));
        Assert.Equal(0, await UnderTest.CountAsync("inbox"));
        Assert.Null(await FindTaskAsync(old));
        Assert.NotNull(await FindTaskAsync(failed));
        Assert.NotNull(await FindTaskAsync(queued));

        async Task CleanUpAsync(DateTimeOffset now)
        {
            var before = now.AddDays(-7);
            var retention = new Retention(before, before, before, before, before, before, before);
            await Store.Retention.MaintainPartitionsAsync(retention, now, default);
            await Store.Retention.CleanUpAsync(retention, default);
        }
    }

    [Fact]
    public async Task A_blocked_task_is_removed_with_its_failed_predecessor()
    {
        var (failed, open) = (await QueueTaskAsync(), await QueueTaskAsync());
        var (blocked, waits) = (await QueueTaskAsync(after: failed), await QueueTaskAsync(after: open));
        await CommitAsync(Work.With(new TaskOutcome(failed, TaskState.Failed, 1, DateTimeOffset.UtcNow) { HasSuccessors = true }));
        var (before, after) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(0, await DeleteAsync(new Retention(before, before, before, before, before, before, before)));
        Assert.Equal(3, await DeleteAsync(new Retention(before, before, after, before, before, before, before)));

        Assert.Null(await FindTaskAsync(failed));
        Assert.Null(await FindTaskAsync(blocked));
        Assert.Equal(0, await UnderTest.CountAsync("outbox", $"lower(CAST(message_id AS text)) = '{blocked}'"));
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"lower(CAST(message_id AS text)) = '{waits}'"));

        async Task<int> DeleteAsync(Retention retention)
        {
            await using var transaction = await Store.Commits.BeginAsync(default);
            var sum = 0;
            foreach (var (sql, parameters) in RetentionSql.Statements(retention, DateTimeOffset.UtcNow))
            {
                sum += await transaction.Own.ExecuteAsync(sql, default, parameters);
            }

            await transaction.CommitAsync(new StagedWork(), default);
            return sum;
        }
    }

    [Fact]
    public async Task Keys_of_every_kind_of_id_are_found()
    {
        var (consumer, other) = (Guid.NewGuid(), Guid.NewGuid());
        Guid[] ids =
        [
            Guid.CreateVersion7(), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-400)), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(400)),
            new("f0000000-0000-4000-8000-000000000001"), new("00020000-ac11-0242-8000-000000000002"),
        ];
        var keys = ids.Select(id => new InboxKey(id, consumer)).ToList();
        await CommitAsync([.. keys.Append(new InboxKey(ids[0], other)).Select(Work.With)]);

        Assert.Equal(keys.ToHashSet(), (await Store.Inbox.FindDoneAsync(keys, [], default)).Consumed);
        Assert.Equal(keys[..1].ToHashSet(), (await Store.Inbox.FindDoneAsync(keys[..1], [], default)).Consumed);
    }

    [Fact]
    public async Task Consumed_keys_are_found_among_others()
    {
        var (consumed, unknown) = (Work.Key(), Work.Key());
        await CommitAsync(Work.With(consumed));

        Assert.Equal([consumed], (await Store.Inbox.FindDoneAsync([consumed, unknown], [], default)).Consumed);
    }

    [Fact]
    public async Task A_thousand_units_side_by_side_are_each_stored_once()
    {
        var groups = Enumerable.Range(0, 20).Select(g => Enumerable.Range(0, 50)
            .Select(i => { var work = Work.With(Work.Key()).Insert($"{g}-{i}"); work.Add(Work.Message() with { TaskKind = "T" }); return work; })
            .ToArray());

        await Task.WhenAll(groups.Select(group => Task.Run(() => CommitAsync(group))));

        foreach (var table in (string[])["things", "inbox", "outbox", "tasks"])
        {
            Assert.Equal(1_000, await UnderTest.CountAsync(table));
        }
    }

    [Fact]
    public async Task Of_two_ends_in_one_group_one_starts_the_successor()
    {
        var before = await QueueTaskAsync();
        var after = await QueueTaskAsync(before);

        await CommitAsync(Ended(), Ended());

        Assert.Equal(TaskState.Queued, (await FindTaskAsync(after))!.State);
        Assert.Equal(0, await UnderTest.CountAsync("tasks", "pending <> 0"));
        await using var claim = await ClaimAsync();
        Assert.Contains(after, claim.Messages.Select(m => m.MessageId));

        StagedWork Ended() => Work.With(new TaskOutcome(before, TaskState.Succeeded, 1, DateTimeOffset.UtcNow) { HasSuccessors = true });
    }

    private async Task<Guid> QueueTaskAsync(Guid? after = null)
    {
        var message = Work.Message() with { TaskKind = "T" };
        if (after is { } predecessor)
        {
            message = message with { Options = new StagingOptions { Id = message.MessageId, Predecessors = [new() { Id = predecessor }] } };
        }

        await CommitAsync(Work.With(message));
        return message.MessageId;
    }

    private async Task<TaskRecord?> FindTaskAsync(Guid id) => (await Store.Queries.QueryAsync(
        $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id = $1", [id], TaskReader.Read, default)).FirstOrDefault();

    private Task<bool[]> CommitAsync(params StagedWork[] group) => Store.Commits.CommitAsync(group, lockWait: null, default);

    private Task<IOutboxClaim> ClaimAsync() => Store.Outbox.ClaimAsync(100, null, default);
}
