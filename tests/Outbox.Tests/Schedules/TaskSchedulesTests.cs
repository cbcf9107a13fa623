using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Schedules;

public sealed class SqliteTaskSchedulesTests : TaskSchedulesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskSchedulesTests : TaskSchedulesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What one does with schedules, on every store.</summary>
public abstract class TaskSchedulesTests : StoreSuite
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon.AddMilliseconds(1.2345));

    [Fact]
    public async Task A_paused_schedule_goes_on_from_the_time_of_its_resume()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *", MisfirePolicy.FireAll);
        var paused = await process.DoAsync(s => s.PauseAsync("tick", "ann"));
        _time.Advance(TimeSpan.FromMinutes(32));

        Assert.Equal((true, null), (paused!.Paused, paused.NextDueAt));
        Assert.Equal(0, await process.LookAsync());
        var resumed = await process.DoAsync(s => s.ResumeAsync("tick", "ann"));
        Assert.Equal(Noon.AddMinutes(35), resumed!.NextDueAt);
        Assert.Equal(0, await process.LookAsync());
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await process.LookAsync());
    }

    [Fact]
    public async Task An_unchanged_schedule_keeps_its_due_time()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(Noon.AddMinutes(5), (await process.PutAsync("*/5 * * * *")).NextDueAt);
        Assert.Equal(1, await process.LookAsync());
        Assert.Equal(Noon.AddHours(6), (await process.PutAsync("0 18 * * *")).NextDueAt);
    }

    [Fact]
    public async Task A_replaced_schedule_stays_paused_unless_the_request_resumes_it()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await process.DoAsync(s => s.PauseAsync("tick", "ann"));

        Assert.True((await process.PutAsync("*/10 * * * *")).Paused);
        var put = await process.DoAsync(s => s.PutAsync(SchedulerUnderTest.Definition("*/10 * * * *"), paused: false, "ann"));

        Assert.Equal((false, false, Noon.AddMinutes(10)), (put.Created, put.Schedule.Paused, put.Schedule.NextDueAt));
    }

    [Fact]
    public async Task Twenty_concurrent_puts_create_a_schedule_once()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);

        var puts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            process.DoAsync(s => s.PutAsync(SchedulerUnderTest.Definition("0 * * * *", message: $"{i}"), null, "ann")))));

        Assert.Single(puts, p => p.Created);
        Assert.Equal(1, await UnderTest.CountAsync("schedules"));
        Assert.Equal(20, await UnderTest.CountAsync("audit", "action = 'schedule.put' AND who = 'ann' AND target = 'tick'"));
    }

    [Fact]
    public async Task A_put_with_a_condition_replaces_nothing_else()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        Task<SchedulePut> PutAsync(string cron, SchedulePutCondition condition) =>
            process.DoAsync(s => s.PutAsync(SchedulerUnderTest.Definition(cron), null, "ann", condition, default));

        await Assert.ThrowsAsync<ScheduleConflictException>(() => PutAsync("0 * * * *", new SchedulePutCondition(_time.GetUtcNow())));
        var first = await PutAsync("1 * * * *", SchedulePutCondition.IsNew);
        await Assert.ThrowsAsync<ScheduleConflictException>(() => PutAsync("2 * * * *", SchedulePutCondition.IsNew));
        var second = await PutAsync("3 * * * *", new SchedulePutCondition(first.Schedule.UpdatedAt)); // within the same millisecond
        await Assert.ThrowsAsync<ScheduleConflictException>(() => PutAsync("4 * * * *", new SchedulePutCondition(first.Schedule.UpdatedAt)));

        Assert.Equal((true, false), (first.Created, second.Created));
        var stored = await process.DoAsync(s => s.FindAsync("tick"));
        Assert.Equal(("3 * * * *", second.Schedule.UpdatedAt), (stored!.Cron, stored.UpdatedAt));
        Assert.Equal(2, await UnderTest.CountAsync("audit", "action = 'schedule.put'"));
    }

    [Fact]
    public async Task A_schedule_replaced_during_its_run_is_run_as_replaced()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *", message: "old");
        _time.Advance(TimeSpan.FromMinutes(5));

        // Not committed before the process has read the row: PostgreSQL makes it wait for the lock, SQLite for its turn.
        Task<int>? look = null;
        await process.DoAsync(async schedules =>
        {
            var put = await schedules.PutAsync(SchedulerUnderTest.Definition("*/5 * * * *", message: "new"), null, "ann");
            look = Task.Run(process.LookAsync);
            await Task.Delay(300);
            return put;
        });
        var handedOn = await look! + await process.LookAsync();

        Assert.Equal(1, handedOn);
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
        await using var claim = await UnderTest.Store.Outbox.ClaimAsync(10, null, default);
        if (claim.Messages is [var message]) // SQLite's rows are due by the test's clock
        {
            Assert.Contains("\"new\"", System.Text.Encoding.UTF8.GetString(message.Body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_now_keeps_the_due_time_and_works_while_paused()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");

        Assert.NotNull(await process.DoAsync(s => s.RunAsync("tick", "ann")));
        var schedule = await process.FindAsync();
        Assert.Equal((Noon.AddMinutes(5), null), (schedule.NextDueAt, schedule.LastTaskId));
        await process.DoAsync(s => s.PauseAsync("tick", "ann"));
        Assert.NotNull(await process.DoAsync(s => s.RunAsync("tick", "ann")));

        Assert.Equal(2, await UnderTest.CountAsync("tasks"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'schedule.run' AND from_state = 'Paused'"));
    }

    [Fact]
    public async Task A_deleted_schedule_is_gone_and_its_name_is_free()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");

        Assert.True(await process.DoAsync(s => s.DeleteAsync("tick", "ann")));
        Assert.False(await process.DoAsync(s => s.DeleteAsync("tick", "ann")));
        Assert.Null(await process.DoAsync(s => s.PauseAsync("tick", "ann")));
        Assert.Null(await process.DoAsync(s => s.RunAsync("tick", "ann")));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, await process.LookAsync());

        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'schedule.delete'"));
        Assert.Null((await process.PutAsync("*/5 * * * *")).LastDueAt);
    }

    [Fact]
    public async Task A_list_is_read_by_page_in_the_order_of_names()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        foreach (var name in (string[])["c", "a", "b"])
        {
            await process.PutAsync("0 * * * *", name: name);
        }

        Assert.Equal(["a", "b"], (await process.DoAsync(s => s.ListAsync(2))).Select(s => s.Name));
        Assert.Equal(["c"], (await process.DoAsync(s => s.ListAsync(2, after: "b"))).Select(s => s.Name));
    }
}
