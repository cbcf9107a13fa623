using MassTransit;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Schedules;

public sealed class SqliteScheduleRunnerTests : ScheduleRunnerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresScheduleRunnerTests : ScheduleRunnerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What schedules enqueue, and when, on every store.</summary>
public abstract class ScheduleRunnerTests : StoreSuite
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon) { AutoAdvanceAmount = TimeSpan.Zero };

    [Fact]
    public async Task A_due_time_is_run_once_and_the_next_one_recorded()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");

        Assert.Equal(0, await process.LookAsync());
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await process.LookAsync());
        Assert.Equal(0, await process.LookAsync());

        var schedule = await process.FindAsync();
        Assert.Equal((Noon.AddMinutes(10), Noon.AddMinutes(5)), (schedule.NextDueAt, schedule.LastDueAt));
        Assert.Equal([.. Enumerable.Range(2, 5).Select(i => Noon.AddMinutes(5 * i))], schedule.NextDueTimes!);
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", "kind = 'Tick'"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"lower(CAST(id AS text)) = '{schedule.LastTaskId}'"));
    }

    [Fact]
    public async Task The_last_ten_runs_are_kept_with_those_by_hand()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("* * * * *");
        for (var minute = 1; minute <= 11; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await process.LookAsync());
        }

        var byHand = await process.DoAsync(s => s.RunAsync("tick", "ann"));
        var other = await process.PutAsync("0 0 * * *"); // keeps them

        var runs = await new ScheduleRunReader(UnderTest.Own).OfAsync(await process.FindAsync(), default);
        Assert.Equal(byHand, runs[0].TaskId);
        Assert.Equal([Noon.AddMinutes(11), .. Enumerable.Range(0, 9).Select(i => Noon.AddMinutes(11 - i))], runs.Select(r => r.DueAt));
        Assert.All(runs, run => Assert.Equal((TaskState.Queued, null, null), (run.State, run.FinishedAt, run.Seconds)));
        Assert.Equal(other.LastTaskId, runs[1].TaskId);
        await UnderTest.ExecuteAsync("DELETE FROM tasks");
        Assert.All(await new ScheduleRunReader(UnderTest.Own).OfAsync(await process.FindAsync(), default), run => Assert.Null(run.State));
    }

    [Theory]
    [InlineData(MisfirePolicy.FireOnce, 1, 5)]
    [InlineData(MisfirePolicy.Skip, 0, null)]
    [InlineData(MisfirePolicy.FireAll, 12, 60)]
    public async Task After_an_hour_without_a_process_the_policy_decides(MisfirePolicy misfire, int runs, int? lastDue)
    {
        await using (var process = await SchedulerUnderTest.StartAsync(UnderTest, _time))
        {
            await process.PutAsync("*/5 * * * *", misfire);
        }

        _time.Advance(TimeSpan.FromMinutes(62));
        await using var later = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        Assert.Equal(runs, await later.LookAsync());
        Assert.Equal(0, await later.LookAsync());

        var schedule = await later.FindAsync();
        Assert.Equal(Noon.AddMinutes(65), schedule.NextDueAt);
        Assert.Equal(lastDue is { } minutes ? Noon.AddMinutes(minutes) : null, schedule.LastDueAt);
        Assert.Equal(runs, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task A_due_time_within_the_threshold_is_run_by_every_policy()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/10 * * * * *", MisfirePolicy.Skip, name: "skip");
        await process.PutAsync("*/10 * * * * *", MisfirePolicy.FireOnce, name: "once");

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(12, await process.LookAsync());
    }

    [Fact]
    public async Task Missed_runs_are_enqueued_oldest_first_a_hundred_a_tick()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("* * * * *", MisfirePolicy.FireAll);

        _time.Advance(TimeSpan.FromMinutes(150));

        Assert.Equal(100, await process.LookAsync());
        Assert.Equal(Noon.AddMinutes(100), (await process.FindAsync()).LastDueAt);
        Assert.Equal(50, await process.LookAsync());
        Assert.Equal(150, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task Of_three_processes_exactly_one_runs_each_due_time()
    {
        await using var a = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await using var b = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await using var c = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        foreach (var name in (string[])["x", "y", "z"])
        {
            await a.PutAsync("* * * * * *", MisfirePolicy.FireAll, name: name);
        }

        var handedOn = 0;
        for (var second = 0; second < 20; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var runs = await Task.WhenAll(new[] { a, b, c }.Select(p => Task.Run(p.LookAsync)));
            handedOn += runs.Sum();
        }

        Assert.Equal(60, handedOn);
        Assert.Equal(60, await UnderTest.CountAsync("tasks"));
        Assert.Equal(60, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_run_whose_commit_fails_is_due_at_the_next_tick()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await process.PutAsync("*/5 * * * *", name: "zzz");
        _time.Advance(TimeSpan.FromMinutes(5));

        await UnderTest.ExecuteAsync($"ALTER TABLE {UnderTest.NameOf("tasks")} RENAME TO {UnderTest.Store.Dialect.Names.Prefix}gone");
        Assert.Equal(0, await process.LookAsync());
        Assert.Equal(Noon.AddMinutes(5), (await process.FindAsync()).NextDueAt);
        Assert.Equal(2, process.Logs.Lines.Count(l => l.Contains("could not be run", StringComparison.Ordinal)));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));

        await UnderTest.ExecuteAsync($"ALTER TABLE {UnderTest.NameOf("gone")} RENAME TO {UnderTest.Store.Dialect.Names.Prefix}tasks");
        Assert.Equal(2, await process.LookAsync());
    }

    [Fact]
    public async Task A_clock_that_jumps_runs_no_due_time_twice()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await process.LookAsync());

        // The fake clock only goes forward; a process with a clock of its own stands for one that was put back.
        var early = new FakeTimeProvider(Noon.AddMinutes(3));
        await using var behind = await SchedulerUnderTest.StartAsync(UnderTest, early);
        Assert.Equal(0, await behind.LookAsync());
        await behind.PutAsync("*/5 * * * *", message: "another");
        await behind.DoAsync(s => s.PauseAsync("tick", "ann"));
        await behind.DoAsync(s => s.ResumeAsync("tick", "ann"));
        early.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(0, await behind.LookAsync());
        Assert.Equal(Noon.AddMinutes(10), (await behind.FindAsync()).NextDueAt);
        Assert.Equal(1, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task A_due_time_from_a_wrong_clock_is_repaired()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await RunByAWrongClockAsync();

        await process.RepairAsync();

        Assert.Equal(Noon.AddMinutes(5), (await process.FindAsync()).NextDueAt);
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'schedule.repair' AND who = 'clock'"));
        Assert.Single(process.Logs.Lines, line => line.Contains("was set by a wrong clock", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await process.LookAsync());
    }

    [Fact]
    public async Task A_right_due_time_is_not_repaired()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 0 29 2 *");
        await process.PutAsync("*/5 * * * *", name: "due");
        _time.Advance(TimeSpan.FromMinutes(7));

        await process.RepairAsync();

        Assert.Equal(0, await UnderTest.CountAsync("audit", "action = 'schedule.repair'"));
        Assert.Equal(1, await process.LookAsync());
    }

    /// <summary>New rules of a time zone, which come with an update of the system, move a due time that was stored by the old ones.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task New_rules_of_a_time_zone_make_no_run_twice(int hours)
    {
        _time.SetUtcNow(Noon.AddMinutes(1));
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 12 * * *");
        await StoreDueTimeAsync(Noon.AddDays(1).AddHours(hours));

        for (var hour = 0; hour < 48; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await process.LookAsync();
        }

        var runs = await new ScheduleRunReader(UnderTest.Own).OfAsync(await process.FindAsync(), default);
        Assert.Equal([Noon.AddDays(2), Noon.AddDays(1)], runs.Select(run => run.DueAt));
        Assert.Equal(Noon.AddDays(3), (await process.FindAsync()).NextDueAt);
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'schedule.repair' AND who = 'clock'"));
    }

    [Fact]
    public async Task New_rules_of_a_zone_leave_out_no_run_of_an_outage()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 13 * * *", MisfirePolicy.FireAll);
        await StoreDueTimeAsync(Noon.AddHours(2));

        _time.Advance(TimeSpan.FromHours(50));

        Assert.Equal(3, await process.LookAsync());
        Assert.Equal(Noon.AddHours(49), (await process.FindAsync()).LastDueAt);
    }

    [Theory]
    [InlineData(MisfirePolicy.Skip)]
    [InlineData(MisfirePolicy.FireOnce)]
    [InlineData(MisfirePolicy.FireAll)]
    public async Task New_rules_of_a_zone_run_a_time_now_past(MisfirePolicy policy)
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 13 * * *", policy);
        await StoreDueTimeAsync(Noon.AddHours(2));
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, await process.LookAsync());
        Assert.Equal(0, await process.LookAsync());

        var schedule = await process.FindAsync();
        Assert.Equal((Noon.AddHours(1), Noon.AddHours(25)), (schedule.LastDueAt, schedule.NextDueAt));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'schedule.repair' AND who = 'clock'"));
    }

    [Fact]
    public async Task New_rules_of_a_zone_run_each_time_now_past()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0,30 13 * * *", MisfirePolicy.Skip);
        await StoreDueTimeAsync(Noon.AddHours(2));
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(2, await process.LookAsync());
        Assert.Equal(Noon.AddHours(25), (await process.FindAsync()).NextDueAt);
    }

    [Fact]
    public async Task New_rules_of_a_zone_leave_missed_times_to_the_policy()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 13 * * *", MisfirePolicy.Skip);
        await StoreDueTimeAsync(Noon.AddHours(2));
        _time.Advance(TimeSpan.FromHours(50));

        Assert.Equal(0, await process.LookAsync());
        Assert.Equal(Noon.AddHours(73), (await process.FindAsync()).NextDueAt);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(121)]
    public async Task New_rules_of_a_zone_run_a_schedule_that_was_replaced_meanwhile(int minutes)
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 13 * * *");
        await StoreDueTimeAsync(Noon.AddHours(2));
        _time.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(Noon.AddHours(2), (await process.PutAsync("0 13 * * *", message: "b")).NextDueAt);
        _time.SetUtcNow(Noon.AddMinutes(122));

        Assert.Equal(1, await process.LookAsync());
        Assert.Equal(Noon.AddHours(1), (await process.FindAsync()).LastDueAt);
    }

    [Fact]
    public async Task Replacing_a_schedule_repairs_it()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await RunByAWrongClockAsync();

        Assert.Equal(Noon.AddMinutes(5), (await process.PutAsync("*/5 * * * *")).NextDueAt);
    }

    [Fact]
    public async Task Resuming_a_schedule_repairs_it()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await RunByAWrongClockAsync();

        await process.DoAsync(s => s.PauseAsync("tick", "ann"));

        Assert.Equal(Noon.AddMinutes(5), (await process.DoAsync(s => s.ResumeAsync("tick", "ann")))!.NextDueAt);
    }

    [Fact]
    public async Task A_schedule_without_a_due_time_shows_why_until_it_is_replaced()
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("*/5 * * * *");
        await UnderTest.ExecuteAsync("UPDATE schedules SET cron = '0 0 30 2 *'");
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, await process.LookAsync());
        Assert.Equal(0, await process.LookAsync());

        var failed = await process.FindAsync();
        Assert.Null(failed.NextDueAt);
        Assert.Contains("'0 0 30 2 *' has no further due time", failed.Error, StringComparison.Ordinal);
        Assert.Single(process.Logs.Lines, line => line.Contains("Schedule tick has stopped", StringComparison.Ordinal));

        await process.PutAsync("*/5 * * * *");
        var healed = await process.FindAsync();
        Assert.Equal((null, Noon.AddMinutes(10)), (healed.Error, healed.NextDueAt));
    }

    [Fact]
    public async Task A_schedule_in_Dublin_runs_hourly_through_the_clock_change()
    {
        _time.SetUtcNow(new DateTimeOffset(2027, 3, 27, 22, 30, 0, TimeSpan.Zero));
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await process.PutAsync("0 * * * *", zone: "Europe/Dublin");

        for (var minute = 0; minute < 300; minute += 5)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            await process.LookAsync();
        }

        Assert.Equal(5, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task An_unknown_type_is_left_to_a_process_that_knows_it()
    {
        await using var knowing = await SchedulerUnderTest.StartAsync(UnderTest, _time);
        await using var other = await SchedulerUnderTest.StartAsync(UnderTest, _time, knowsTypes: false);
        await knowing.PutAsync("*/5 * * * *");
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, await other.LookAsync());
        Assert.Equal(0, await other.LookAsync());
        Assert.Single(other.Logs.Lines, line => line.Contains("Schedule tick (Tick) is due and not run", StringComparison.Ordinal));
        Assert.Equal(1, await knowing.LookAsync());
    }

    [Fact]
    public async Task A_declared_schedule_is_created_once_and_stays_as_it_was_changed()
    {
        await using (var first = await SchedulerUnderTest.StartAsync(UnderTest, _time, declare: Declare))
        {
            await first.DeclareAsync();
            Assert.Equal("0 3 * * *", (await first.FindAsync("nightly")).Cron);
            await first.PutAsync("0 4 * * *", name: "nightly");
        }

        await using var second = await SchedulerUnderTest.StartAsync(UnderTest, _time, declare: Declare);
        await second.DeclareAsync();

        Assert.Equal("0 4 * * *", (await second.FindAsync("nightly")).Cron);
        _time.Advance(TimeSpan.FromHours(16));
        Assert.Equal(1, await second.LookAsync());
        Assert.Equal(1, await UnderTest.CountAsync("audit", "who = 'declared'"));

        static void Declare(IServiceCollection services) => services.AddSchedule("nightly", "0 3 * * *", new Tick { Name = "night" });
    }

    [Fact]
    public async Task A_declared_schedule_that_is_wrong_stops_the_process_at_its_start()
    {
        var failure = await Assert.ThrowsAsync<OutboxConfigurationException>(() => SchedulerUnderTest.StartAsync(
            UnderTest, _time, declare: services => services.AddSchedule("nightly", "whenever", new Tick { Name = "night" })));

        Assert.Contains("nightly", failure.Message, StringComparison.Ordinal);
        Assert.Contains("cron", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>As a process with other rules has stored it.</summary>
    private async Task StoreDueTimeAsync(DateTimeOffset due)
    {
        var work = new StagedWork();
        work.Commands.Add(new StagedCommand(UnderTest.Store.Dialect.Names.In("UPDATE messaging.schedules SET next_due_at = $1"), [new StoreTime(due)]));
        await UnderTest.Store.Commits.CommitAsync([work], lockWait: null, default);
    }

    private async Task RunByAWrongClockAsync()
    {
        var clock = new FakeTimeProvider(Noon.AddYears(5).AddMinutes(1));
        await using var wrong = await SchedulerUnderTest.StartAsync(UnderTest, clock);
        Assert.Equal(1, await wrong.LookAsync());
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await wrong.LookAsync());
        Assert.Equal(Noon.AddYears(5).AddMinutes(10), (await wrong.FindAsync()).NextDueAt);
    }
}
