using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteRedriveTests : RedriveTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerRedriveTests : RedriveTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresRedriveTests : RedriveTests
{
    [Fact]
    public async Task A_dead_letter_that_another_action_has_is_refused()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await using var other = await UnderTest.OpenAsync();
        await using var hold = other.CreateCommand();
        hold.CommandText = $"BEGIN; SELECT 1 FROM {UnderTest.NameOf("dead_letters")} FOR UPDATE";
        await hold.ExecuteNonQueryAsync();

        var retry = await pipeline.RetryAsync(id);
        var dropped = await pipeline.InUnitAsync((IDeadLetterControl f) => f.DropAsync(new DeadLetterQuery { TaskId = id }, "test"));

        Assert.Equal((ControlResult.Refused, TaskState.Failed, 0), (retry.Result, retry.From, dropped));
        Assert.Contains("Another action decides about its dead letter now", retry.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0), (await UnderTest.CountAsync("dead_letters", "state = 0"), await UnderTest.CountAsync("audit")));
    }

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What becomes of a dead letter, or a deferred message, when an operator decides about it.</summary>
public abstract class RedriveTests : StoreSuite
{
    [Fact]
    public async Task A_redriven_task_has_its_retries_anew_and_succeeds_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        var failures = 4 + 3; // all attempts of the first life, and all but one of the second
        pipeline.Script.Greet = (_, provider) =>
        {
            provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ('effect')");
            return Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("no") : Task.CompletedTask;
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);

        Assert.Equal(new ControlOutcome(ControlResult.Done, TaskState.Failed), await pipeline.RetryAsync(id));

        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((8, 1), (task.Attempts, task.Redrives));
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 1"));
        var attempts = await pipeline.Services.GetRequiredService<ITaskStore>().FailedAttemptsAsync(id);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], attempts.Select(a => a.Attempt));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
    }

    [Fact]
    public async Task A_failed_task_can_fail_and_be_redriven_again_and_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 1));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var id = await pipeline.AddAsync(new Greet("ann"));
        for (var redrives = 0; redrives < 3; redrives++)
        {
            await Eventually.True(
                async () => await UnderTest.CountAsync("tasks", $"state = 4 AND redrives = {redrives}") == 1, $"it failed after redrive {redrives}");
            await pipeline.RetryAsync(id);
        }

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 4 AND redrives = 3 AND attempts = 8") == 1, "it failed once more");
        Assert.Equal((3, 1), (await UnderTest.CountAsync("dead_letters", "state = 1"), await UnderTest.CountAsync("dead_letters", "state = 0")));
    }

    [Fact]
    public async Task An_edited_message_is_sent_and_the_old_one_kept()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, _) => context.Message.Name == "bad" ? throw new InvalidOperationException("no") : Task.CompletedTask;
        var id = await pipeline.AddAsync(new Greet("bad"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        var edit = DeadLetterEdit.Message(JsonSerializer.SerializeToElement(new { name = "good" }));

        Assert.Equal(1, await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { TaskId = id }, "test", edit)));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal("good", pipeline.Script.Greets.Last().Message.Name);
        var redriven = await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListAsync(new DeadLetterQuery(), DeadLetterState.Redriven, after: null, limit: 10));
        var details = await pipeline.InUnitAsync((IDeadLetterControl f) => f.FindAsync(redriven.Items[0].Id));
        Assert.Contains("\"bad\"", details!.Body, StringComparison.Ordinal);
        Assert.Contains("\"good\"", details.EditedBody, StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'dead-letter.edit-and-redrive'"));
    }

    [Fact]
    public async Task A_letter_of_no_media_type_can_be_edited()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var id = await pipeline.AddAsync(new Greet("bad"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("dead_letters")} SET content_type = 'of a stranger;'");
        var edit = DeadLetterEdit.Message(JsonSerializer.SerializeToElement(new { name = "good" }));

        Assert.Equal(1, await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { TaskId = id }, "test", edit)));

        var redriven = await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListAsync(new DeadLetterQuery(), DeadLetterState.Redriven, after: null, limit: 10));
        Assert.Equal("""{"name":"good"}""", (await pipeline.InUnitAsync((IDeadLetterControl f) => f.FindAsync(redriven.Items[0].Id)))!.EditedBody);
    }

    [Fact]
    public async Task A_group_of_dead_letters_is_redriven_and_others_stay()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, _) => context.Message.Name.StartsWith('a')
            ? throw new InvalidOperationException("a")
            : throw new NotSupportedException("b");
        foreach (var name in (string[])["a1", "a2", "a3", "b1"])
        {
            await pipeline.TaskAsync(await pipeline.AddAsync(new Greet(name)), TaskState.Failed);
        }

        var page = await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListGroupsAsync(after: null, limit: 50));
        var groups = page.Items.OrderByDescending(g => g.Count).ToList();
        Assert.Equal([3L, 1L], groups.Select(g => g.Count));
        Assert.Equal("System.InvalidOperationException", groups[0].ExceptionType);
        pipeline.Script.Greet = (_, _) => Task.CompletedTask;

        Assert.Equal(3, await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { GroupId = groups[0].GroupId }, "test")));
        Assert.Equal(0, await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { GroupId = groups[0].GroupId }, "test")));

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 3, "the three have succeeded");
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0"));
    }

    [Fact]
    public async Task NextPageOfGroupsIsFoundAfterItsCursorWasDropped()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, _) => context.Message.Name == "a" ? throw new InvalidOperationException("a") : throw new NotSupportedException("b");
        foreach (var name in (string[])["a", "b"])
        {
            await pipeline.TaskAsync(await pipeline.AddAsync(new Greet(name)), TaskState.Failed);
        }

        var first = await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListGroupsAsync(after: null, limit: 1));
        await pipeline.InUnitAsync((IDeadLetterControl f) => f.DropAsync(new DeadLetterQuery { GroupId = first.Items[0].GroupId }, "test"));
        var second = await pipeline.InUnitAsync((IDeadLetterControl f) => f.ListGroupsAsync(first.Next, limit: 1));

        Assert.Single(second.Items);
        Assert.NotEqual(first.Items[0].ExceptionType, second.Items[0].ExceptionType);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task A_dropped_dead_letter_cannot_be_redriven_and_its_task_stays_failed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);

        Assert.Equal(1, await pipeline.InUnitAsync((IDeadLetterControl f) => f.DropAsync(new DeadLetterQuery { TaskId = id }, "test")));

        Assert.Equal(new ControlOutcome(ControlResult.Refused, TaskState.Failed), await pipeline.RetryAsync(id));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", "state = 4"));
    }

    [Fact]
    public async Task A_message_without_a_consumer_is_redriven_to_the_same_queue()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await pipeline.DeliverAsync(new Unknown("x"), "greet", Guid.NewGuid());

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "reason = 'Skipped' AND queue = 'greet'") == 1, "it was skipped");
        await pipeline.InUnitAsync((IDeadLetterControl f) => f.RedriveAsync(new DeadLetterQuery { Reason = DeadLetterReason.Skipped }, "test"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "attempts > 0") == 1, "in memory it is rescheduled: nobody takes it");
    }

    [Fact]
    public async Task A_deferred_task_is_run_now_on_request()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 1, delay: TimeSpan.FromHours(1)));
        var fails = true;
        pipeline.Script.Greet = (_, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask;
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Retrying);
        var later = await pipeline.AddAsync(new Greet("bob"), delay: TimeSpan.FromHours(1));
        fails = false;

        Assert.Equal(new ControlOutcome(ControlResult.Done, TaskState.Retrying), await pipeline.RetryAsync(id));
        Assert.Equal(new ControlOutcome(ControlResult.Done, TaskState.Scheduled), await pipeline.RetryAsync(later));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await pipeline.TaskAsync(later, TaskState.Succeeded);
    }

    public sealed record Unknown(string Name);
}
