using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Clock;

public sealed class SqliteSetBackClockTests : SetBackClockTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    protected override string In(TimeSpan time) => $"{(DateTimeOffset.UtcNow + time).ToUnixTimeMilliseconds()}";

    // The machine's clock is the database's.
    protected override (StoreClock Clock, Action<TimeSpan> Set) MakeClock()
    {
        var machine = new MachineTime();
        return (new StoreClock(machine, Store.Time, TimeSpan.FromSeconds(30)), ahead => machine.Ahead = ahead);
    }

    [Fact]
    public async Task A_clock_that_was_put_back_while_nobody_ran_is_noticed()
    {
        var late = await AddLateAsync();
        var (clock, _) = MakeClock();
        await clock.MeasureAsync(default);

        await Corrector(clock).CorrectAsync(default);

        await using var claim = await ClaimAsync();
        Assert.Equal(late, Assert.Single(claim.Messages).MessageId);
    }
}

public sealed class PostgresSetBackClockTests : SetBackClockTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    protected override string In(TimeSpan time) => $"now() + interval '{time.TotalSeconds} s'";

    protected override (StoreClock Clock, Action<TimeSpan> Set) MakeClock()
    {
        var server = new FakeStoreTime { Now = DateTimeOffset.UtcNow };
        return (new StoreClock(TimeProvider.System, server, TimeSpan.FromSeconds(30)), ahead => server.Now = DateTimeOffset.UtcNow + ahead);
    }
}

/// <summary>What becomes of messages that were stored while the database's clock was two hours ahead.</summary>
public abstract class SetBackClockTests : OutboxStoreSuite
{
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);

    private readonly LogCapture _logs = new();

    /// <summary>A time from now, as the outbox has it.</summary>
    protected abstract string In(TimeSpan time);

    /// <summary>A clock, and how to set the database's ahead.</summary>
    protected abstract (StoreClock Clock, Action<TimeSpan> Set) MakeClock();

    [Fact]
    public async Task What_was_stored_before_the_clock_was_put_back_is_due()
    {
        var (clock, set) = MakeClock();
        var dueTimes = Corrector(clock);
        await dueTimes.CorrectAsync(default); // as at the start
        set(TwoHours);
        await clock.MeasureAsync(default);
        var late = await AddLateAsync();
        await dueTimes.CorrectAsync(default);
        await using (var none = await ClaimAsync())
        {
            Assert.Empty(none.Messages);
        }

        set(TimeSpan.Zero);
        await clock.MeasureAsync(default);
        await dueTimes.CorrectAsync(default);
        await dueTimes.CorrectAsync(default);

        await using var claim = await ClaimAsync();
        Assert.Equal(late, Assert.Single(claim.Messages).MessageId);
        Assert.Contains("1 message(s) that were stored before", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delays_and_pauses_after_failed_sends_stay_as_they_are()
    {
        var (delayed, failed) = (Work.Message() with { Delay = TwoHours }, Work.Message());
        await CommitAsync(Work.With(delayed), Work.With(failed));
        await UnderTest.ExecuteAsync($"UPDATE outbox SET due_at = {In(TimeSpan.FromSeconds(60))}, attempts = 9 WHERE waiting = 0");
        var (clock, set) = MakeClock();
        var dueTimes = Corrector(clock);
        set(TwoHours);
        await clock.MeasureAsync(default);
        set(TimeSpan.Zero);
        await clock.MeasureAsync(default);

        await dueTimes.CorrectAsync(default);

        await using var claim = await ClaimAsync();
        Assert.Empty(claim.Messages);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task A_clock_that_goes_on_or_jumps_ahead_is_not_put_back()
    {
        var (clock, set) = MakeClock();
        foreach (var ahead in (TimeSpan[])[TimeSpan.Zero, TwoHours, TwoHours - TimeSpan.FromSeconds(20)])
        {
            set(ahead);
            await clock.MeasureAsync(default);
        }

        Assert.Equal(0, clock.Setbacks);
    }

    private protected WrongDueTimes Corrector(StoreClock clock) =>
        new(Store.Commits, Store.Dialect, Store.Time, clock, Options.Create(new OutboxOptions()), LoggerFactory.Create(l => l.AddProvider(_logs)).CreateLogger<WrongDueTimes>());

    private protected async Task<Guid> AddLateAsync()
    {
        var message = Work.Message();
        await CommitAsync(Work.With(message));
        await UnderTest.ExecuteAsync($"UPDATE outbox SET due_at = {In(TwoHours)}");
        return message.MessageId;
    }
}
