using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Tests.Logs;

/// <summary>What is past its retention goes from the activity log.</summary>
public sealed class LogCleanUpTests
{
    [Fact]
    public async Task Entries_past_their_retention_are_deleted_and_counted_in_the_result()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Logs:Retention", "10.00:00:00"));
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(worker, 500, arrived: 11 + i, logged: 11 + i);
        }

        await AddAsync(worker, 3, arrived: 9, logged: 9);
        await AddAsync(worker, 2, arrived: 11, logged: 9); // by its own word it is younger
        await AddAsync(worker, 1, arrived: 9, logged: 11); // it arrived late

        var task = await worker.TaskAsync(await worker.AddAsync(new LogCleanUpDue()), TaskState.Succeeded);

        Assert.Equal("""{"deleted":2500}""", task.Result?.GetRawText());
        Assert.Equal(["6"], await worker.QueryAsync("SELECT count(*) FROM activity_log"));
    }

    [Fact]
    public async Task Where_nothing_is_old_nothing_is_deleted()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await AddAsync(worker, 3, arrived: 29, logged: 29);

        var task = await worker.TaskAsync(await worker.AddAsync(new LogCleanUpDue()), TaskState.Succeeded);

        Assert.Equal("""{"deleted":0}""", task.Result?.GetRawText());
        Assert.Equal(["3"], await worker.QueryAsync("SELECT count(*) FROM activity_log"));
    }

    [Fact]
    public async Task The_workers_own_schedule_enqueues_it()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Outbox:RunSchedules", "true"));

        await Eventually.True(
            async () => await worker.QueryAsync("SELECT task_type || ' ' || cron FROM schedules WHERE name = 'log-clean-up'") is ["LogCleanUpDue 15 3 * * *"],
            "it is there");
    }

    private static async Task AddAsync(WorkerUnderTest worker, int count, int arrived, int logged)
    {
        var now = DateTimeOffset.UtcNow;
        var rows = Enumerable.Range(0, count).Select(_ =>
            $"('{Guid.CreateVersion7(now.AddDays(-arrived)).ToString().ToUpperInvariant()}', 2, 'm', '{{}}', '{now.AddDays(-logged):yyyy-MM-dd HH:mm:ss}+00:00')");
        await worker.QueryAsync($"INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES {string.Join(", ", rows)}");
    }
}
