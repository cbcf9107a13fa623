using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Tests.Logs;

/// <summary>The activity log, from the message to the row.</summary>
public sealed class ActivityLogTests
{
    [Fact]
    public async Task An_entry_becomes_a_row_with_all_its_fields()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var entry = Entry("it's \"ü\" 😀") with
        {
            Level = LogSeverity.Error,
            Properties = new Dictionary<string, string> { ["order"] = "42" },
        };

        var id = await worker.AddAsync(entry);
        await worker.TaskAsync(id, TaskState.Succeeded);

        Assert.Equal(
            [$"{id.ToString().ToUpperInvariant()}|4|it's \"ü\" 😀|{{\"order\":\"42\"}}"],
            await worker.QueryAsync("SELECT id, level, message, properties FROM activity_log"));
    }

    [Fact]
    public async Task Many_entries_are_written_once_each()
    {
        await using var worker = await WorkerUnderTest.StartAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => worker.AddAsync(Entry($"{i}"))));

        foreach (var id in ids)
        {
            await worker.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(["500|500"], await worker.QueryAsync("SELECT count(*), count(DISTINCT message) FROM activity_log"));
    }

    [Fact]
    public async Task A_duplicate_adds_no_row()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var id = await worker.AddAsync(Entry("once"));
        await worker.TaskAsync(id, TaskState.Succeeded);

        await worker.DeliverAgainAsync(Entry("once"), id);
        await worker.TaskAsync(await worker.AddAsync(Entry("fence")), TaskState.Succeeded);

        Assert.Equal(["2"], await worker.QueryAsync("SELECT count(*) FROM activity_log"));
    }

    [Fact]
    public async Task An_entry_that_the_database_rejects_fails_alone()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Endpoints:Default:Retry:DelayedRetries", "0"));
        var rejected = Guid.CreateVersion7();
        await worker.QueryAsync(
            $"INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES ('{rejected.ToString().ToUpperInvariant()}', 0, 'taken', '', '2026-01-01')");

        await worker.Harness.Bus.Publish(Entry("rejected"), c => c.MessageId = rejected);
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => worker.AddAsync(Entry($"{i}"))));

        foreach (var id in ids)
        {
            await worker.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.True(await worker.Harness.Published.Any<Fault<LogRequested>>());
        Assert.Equal(["21"], await worker.QueryAsync("SELECT count(*) FROM activity_log"));
    }

    private static LogRequested Entry(string message) => new()
    {
        Level = LogSeverity.Information,
        Message = message,
        LoggedAt = DateTimeOffset.UtcNow,
    };
}
