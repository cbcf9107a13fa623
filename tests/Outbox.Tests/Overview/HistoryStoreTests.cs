using Messaging.Outbox.Effects;
using Messaging.Outbox.Overview;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Overview;

public sealed class SqliteHistoryStoreTests : HistoryStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresHistoryStoreTests : HistoryStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What charts show is added up from rows by the minute.</summary>
public abstract class HistoryStoreTests : OutboxStoreSuite
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 7, 30, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    [Theory]
    [InlineData("Hour", 60, 60, "2026-05-04T11:08:00Z")]
    [InlineData("Day", 900, 96, "2026-05-03T12:15:00Z")]
    [InlineData("Week", 7_200, 84, "2026-04-27T14:00:00Z")]
    public async Task An_empty_store_has_zeros_and_no_percentiles(string window, int seconds, int points, string from)
    {
        var history = await ReadAsync(window);

        Assert.Equal((seconds, points, DateTimeOffset.Parse(from, null)), ((int)history.Step.TotalSeconds, history.Points.Count, history.From));
        Assert.Equal(history.From, history.Points[0].At);
        Assert.InRange(Now - history.Points[^1].At, TimeSpan.Zero, history.Step);
        Assert.All(history.Points, p => Assert.Equal(new HistoryPoint(p.At, 0, 0, 0, 0, 0, null, null, null), p));
    }

    [Theory]
    [InlineData("Hour", new[] { 58, 59 })]
    [InlineData("Day", new[] { 95 })]
    [InlineData("Week", new[] { 83 })]
    public async Task Minutes_are_added_up_to_steps(string window, int[] steps)
    {
        await CountAsync(Now.AddMinutes(-1), "mail", 10);
        await CountAsync(Now, "mail", 1);
        await CountAsync(Now, "log", 100);
        await CountAsync(Now.AddDays(-8), "mail", 1_000); // before all of them

        var (all, mail) = (await ReadAsync(window), await ReadAsync(window, "mail"));

        Assert.Equal(steps, all.Points.Index().Where(p => p.Item.Accepted > 0).Select(p => p.Index));
        Assert.Equal(
            (111, 222, 333, 444, 555),
            (all.Points.Sum(p => p.Accepted), all.Points.Sum(p => p.Attempts), all.Points.Sum(p => p.Succeeded), all.Points.Sum(p => p.Failed), all.Points.Sum(p => p.Cancelled)));
        Assert.Equal(11, mail.Points.Sum(p => p.Accepted));
    }

    [Theory]
    [InlineData("Hour")]
    [InlineData("Day")]
    [InlineData("Week")]
    public async Task Percentiles_come_from_the_sample_of_all_processes(string window)
    {
        await MeasureAsync(Now, ("mail", 100, 98), ("log", 100, 1)); // two processes, or one twice
        await MeasureAsync(Now, ("mail", 100, 1), ("log", 5_000, 2));

        var (all, log) = ((await ReadAsync(window)).Points[^1], (await ReadAsync(window, "log")).Points[^1]);

        Assert.InRange(all.P50Seconds!.Value, 0.08, 0.12);
        Assert.InRange(all.P99Seconds!.Value, 4, 6);
        Assert.InRange(log.P50Seconds!.Value, 4, 6);
        Assert.Null((await ReadAsync(window)).Points[^2].P50Seconds);
    }

    [Fact]
    public async Task A_step_has_the_greatest_depth_of_all_queues_together()
    {
        foreach (var (minute, queue, depth) in new[] { (0, "mail", 5), (0, "log", 6), (1, "mail", 8), (1, "log", 1) })
        {
            await ExecuteAsync("INSERT INTO messaging.queue_depths (minute, queue, depth) VALUES ($1, $2, $3)", Minute(Now.AddMinutes(-minute)), queue, depth);
        }

        Assert.Equal([9L, 11L], (await ReadAsync("Hour")).Points.TakeLast(2).Select(p => p.Depth!.Value));
        Assert.Equal(11, (await ReadAsync("Day")).Points[^1].Depth);
        Assert.Equal(8, (await ReadAsync("Week", "mail")).Points[^1].Depth);
    }

    [Fact]
    public async Task What_is_too_old_is_deleted()
    {
        foreach (var age in (TimeSpan[])[TimeSpan.FromMinutes(119), TimeSpan.FromHours(3), TimeSpan.FromDays(9)])
        {
            await MeasureAsync(Now - age, ("mail", 100, 1));
        }

        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await EffectSql.CleanUpAsync(transaction.Own, Now, default);
            await transaction.CommitAsync(new StagedWork(), default);
        }

        Assert.Equal((1, 2), (await UnderTest.CountAsync("task_effects", "seconds = 60"), await UnderTest.CountAsync("task_effects", "seconds = 900")));
    }

    [Fact]
    public async Task The_last_hour_gives_rates_depths_and_times_by_queue()
    {
        await CountAsync(Now.AddMinutes(-1), "mail", 60);
        await CountAsync(Now.AddMinutes(-1), "log", 6);
        await MeasureAsync(Now.AddMinutes(-4), ("mail", 100, 5));
        await MeasureAsync(Now.AddMinutes(-7), ("mail", 9_000, 5));
        await ExecuteAsync("INSERT INTO messaging.queue_depths (minute, queue, depth) VALUES ($1, 'mail', 4), ($2, 'mail', 7)", Minute(Now.AddMinutes(-2)), Minute(Now));

        var (all, mail) = (await RecentCounts.ReadAsync(UnderTest.Own, queue: null, Now, default), await RecentCounts.ReadAsync(UnderTest.Own, "mail", Now, default));

        Assert.Equal((1.1, 1, 3), (all.RatesOf(null).AcceptedPerSecond, all.RatesOf("mail").AcceptedPerSecond, all.RatesOf("mail").SucceededPerSecond));
        Assert.Equal((5, 5), (all.EffectsOf(null).Count, mail.EffectsOf("mail").Count));
        Assert.InRange(mail.EffectsOf("mail").P99Seconds!.Value, 0.08, 0.12);
        Assert.Equal([0L, 4L, 4L, 7L], mail.DepthsOf("mail", Now).TakeLast(4));
        Assert.Equal(RecentCounts.DepthMinutes, all.DepthsOf("log", Now).Count(d => d == 0));
    }

    private Task<Messaging.Outbox.Overview.History> ReadAsync(string window, string? queue = null) =>
        new HistoryReader(UnderTest.Own, Store.Dialect, new StoreClock(_time)).ReadAsync(Enum.Parse<HistoryWindow>(window), queue, default);

    private Task CountAsync(DateTimeOffset at, string queue, int tasks) => ExecuteAsync(
        "INSERT INTO messaging.task_counts (minute, queue, accepted, attempts, succeeded, failed, cancelled) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        Minute(at), queue, tasks, 2 * tasks, 3 * tasks, 4 * tasks, 5 * tasks);

    private async Task MeasureAsync(DateTimeOffset at, params (string Queue, int Milliseconds, int Tasks)[] sample)
    {
        await using var transaction = await Store.Commits.BeginAsync(default);
        await EffectSql.AddAsync(
            transaction.Own, [.. sample.Select(s => new EffectCount(s.Queue, EffectBuckets.Of(TimeSpan.FromMilliseconds(s.Milliseconds)), s.Tasks))], at, default);
        await transaction.CommitAsync(new StagedWork(), default);
    }

    private async Task ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var transaction = await Store.Commits.BeginAsync(default);
        await transaction.Own.ExecuteAsync(sql, default, parameters);
        await transaction.CommitAsync(new StagedWork(), default);
    }

    private static StoreTime Minute(DateTimeOffset at) => new(EffectSql.StartOf(at, EffectSql.Minute));
}
