using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Clock;

/// <summary>Whose time a process goes by. The database here is on this machine, so its clock is the right one.</summary>
public sealed class StoreClockTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private readonly MachineTime _machine = new();

    [Fact]
    public async Task A_process_goes_by_the_clock_of_postgres()
    {
        await using var store = await PostgresUnderTest.CreateAsync();
        _machine.Ahead = TimeSpan.FromDays(40);
        var clock = new StoreClock(_machine, store.Store.Time, Tolerance);
        Assert.False(clock.IsKnown);
        Assert.Contains("not known", clock.Problem, StringComparison.Ordinal);

        await clock.MeasureAsync(default);

        AssertIsNow(clock.GetUtcNow());
        AssertIsNow(Uuid7.TimeOf(clock.NewId()));
        Assert.Contains("40 days ahead of the database's", clock.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_of_the_machines_clock_is_seen_and_changes_nothing()
    {
        await using var store = await PostgresUnderTest.CreateAsync();
        var clock = new StoreClock(_machine, store.Store.Time, Tolerance);
        await clock.MeasureAsync(default);
        Assert.Null(clock.Problem);

        _machine.Ahead = TimeSpan.FromHours(-5);
        AssertIsNow(clock.GetUtcNow());
        Assert.Contains("5 hours behind the database's", clock.Problem, StringComparison.Ordinal);

        await clock.MeasureAsync(default);
        AssertIsNow(clock.GetUtcNow());
        Assert.NotNull(clock.Problem);

        _machine.Ahead = TimeSpan.Zero;
        Assert.Null(clock.Problem);
    }

    [Fact]
    public async Task A_change_of_the_database_s_clock_is_followed()
    {
        var store = new FakeStoreTime { Now = DateTimeOffset.UtcNow.AddDays(3) };
        var clock = new StoreClock(_machine, store, Tolerance);
        await clock.MeasureAsync(default);
        Assert.Equal(3, (clock.GetUtcNow() - DateTimeOffset.UtcNow).TotalDays, 0.01);

        store.Now = DateTimeOffset.UtcNow;
        await clock.MeasureAsync(default);

        AssertIsNow(clock.GetUtcNow());
        Assert.Null(clock.Problem);
    }

    [Fact]
    public async Task Sqlite_has_the_clock_of_its_machine()
    {
        await using var store = await SqliteUnderTest.CreateAsync();
        _machine.Ahead = TimeSpan.FromDays(40);
        var clock = new StoreClock(_machine, store.Store.Time, Tolerance);
        await clock.MeasureAsync(default);

        Assert.True(clock.IsKnown);
        Assert.Null(clock.Problem);
        Assert.Equal(40, (clock.GetUtcNow() - DateTimeOffset.UtcNow).TotalDays, 0.01);
    }

    // A busy machine may be slow; the clocks that are wrong are wrong by hours.
    private static void AssertIsNow(DateTimeOffset time) =>
        Assert.InRange(time, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(2));
}
