using MassTransit;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Schedules;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Clock;

public sealed class SqliteRunAtTests : RunAtTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    // In SQLite the process's clock is the database's.
    protected override DateTimeOffset StoreNow => ProcessNow;

    protected override string Time(DateTimeOffset time) => $"{time.ToUnixTimeMilliseconds()}";
}

public sealed class PostgresRunAtTests : RunAtTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    protected override DateTimeOffset StoreNow => DateTimeOffset.UtcNow;

    protected override string Time(DateTimeOffset time) => $"'{time:yyyy-MM-dd HH:mm:ss.ffffff}+00'";
}

/// <summary>When a task is due that is added by a process whose clock is an hour behind, in words of time and of moments.</summary>
public abstract class RunAtTests : StoreSuite
{
    private readonly FakeTimeProvider _behind = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddHours(-1));

    protected DateTimeOffset ProcessNow => _behind.GetUtcNow();

    protected abstract DateTimeOffset StoreNow { get; }

    protected abstract string Time(DateTimeOffset time);

    [Fact]
    public async Task A_run_time_is_stored_unchanged()
    {
        var moment = DateTimeOffset.FromUnixTimeSeconds(StoreNow.ToUnixTimeSeconds()).AddMinutes(90);
        var id = await AddAsync(tasks => Task.FromResult(tasks.Add(new Tick { Name = "a" }, runAt: moment.ToOffset(TimeSpan.FromHours(5))).Id));

        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"due_at = {Time(moment)}"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"next_attempt_at = {Time(moment)} AND state = {(int)TaskState.Scheduled} AND {Is(id)}"));
    }

    [Fact]
    public async Task A_unique_task_has_its_run_time_too()
    {
        var moment = DateTimeOffset.FromUnixTimeSeconds(StoreNow.ToUnixTimeSeconds()).AddMinutes(90);
        await AddAsync(tasks => tasks.AddUniqueAsync(new Tick { Name = "a" }, "key", TimeSpan.FromHours(1), runAt: moment));

        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"due_at = {Time(moment)}"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"next_attempt_at = {Time(moment)} AND state = {(int)TaskState.Scheduled}"));
    }

    [Fact]
    public async Task A_run_time_in_the_past_is_due_at_once()
    {
        var before = StoreNow;
        await AddAsync(tasks => Task.FromResult(tasks.Add(new Tick { Name = "a" }, runAt: before.AddMinutes(-10)).Id));

        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"due_at >= {Time(before.AddSeconds(-1))} AND due_at <= {Time(before.AddMinutes(2))}"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"next_attempt_at IS NULL AND state = {(int)TaskState.Queued}"));
    }

    [Fact]
    public async Task A_delay_counts_from_the_commit_by_the_store_s_clock()
    {
        var before = StoreNow;
        await AddAsync(tasks => Task.FromResult(tasks.Add(new Tick { Name = "a" }, delay: TimeSpan.FromMinutes(30)).Id));

        var due = $">= {Time(before.AddMinutes(30).AddSeconds(-1))} AND {{0}} <= {Time(before.AddMinutes(32))}";
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"due_at {string.Format(null, due, "due_at")}"));
        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Scheduled} AND next_attempt_at {string.Format(null, due, "next_attempt_at")}"));
    }

    [Fact]
    public async Task A_successor_waits_whatever_its_run_time()
    {
        await AddAsync(tasks => Task.FromResult(tasks.Add(new Tick { Name = "a" }, runAt: StoreNow.AddHours(2)).Then(new Tick { Name = "b" }).Id));

        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Waiting} AND next_attempt_at IS NULL"));
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"due_at > {Time(StoreNow.AddDays(3650))}"));
    }

    private static string Is(Guid id) => $"lower(CAST(id AS text)) = '{id}'";

    private async Task<Guid> AddAsync(Func<IBackgroundTasks, Task<Guid>> add)
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, _behind);
        return await process.WithTasksAsync(add);
    }
}
