using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Clock;

/// <summary>A worker process on a machine whose clock is 40 days ahead, beside an API and a database whose clocks are right.</summary>
public sealed class WrongClockTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    [Fact]
    public async Task A_worker_forty_days_ahead_moves_no_schedule_and_deletes_nothing()
    {
        Assert.SkipUnless(File.Exists(Library), "faketime is not installed.");
        await using var system = await RealSystem.CreateAsync(
            ("Outbox__CleanUpInterval", "00:00:01"), ("Outbox__SchedulePollInterval", "00:00:00.2"), ("Outbox__ClockInterval", "00:00:00.5"));
        var api = await system.StartApi().ReadyAsync();
        using var put = await api.Client.PutAsJsonAsync("/schedules/tick", new
        {
            cron = "* * * * * *",
            type = "CacheRefreshRequested",
            message = new { userId = Guid.CreateVersion7() },
            paused = true,
        });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        await system.ExecuteAsync(
            """
            INSERT INTO inbox (message_id, consumer_id, consumed_at) VALUES (gen_random_uuid(), gen_random_uuid(), now() - interval '5 days');
            UPDATE schedules SET paused = 0, next_due_at = date_trunc('second', now()) + interval '1 day'
            """);

        var worker = await system.StartWorker(("LD_PRELOAD", Library), ("FAKETIME", "+40d"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")).ReadyAsync();
        var clock = await Eventually.Get(
            async () =>
            {
                using var ready = await worker.Client.GetAsync("/health/ready"); // whatever else is wrong for a moment
                var check = (await ready.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").GetProperty("clock");
                return check.GetProperty("status").GetString() == "Degraded" ? check.GetProperty("description").GetString() : null;
            },
            "it has compared the clocks");
        Assert.Contains("40 days ahead of the database's", clock, StringComparison.Ordinal);

        // It works all the same, with the right time, for longer than it takes to look for schedules and for what is to be deleted.
        var ledger = new Ledger();
        for (var i = 0; i < 5; i++)
        {
            await ledger.SendOneAsync(api.Client, $"/register?email=user{i}@example.org");
            await ledger.AllSucceededAsync(api.Client);
        }

        Assert.Equal(5, system.Smtp.Mails.Count);
        Assert.Equal(0, await system.CountAsync("tasks WHERE greatest(created_at, started_at, finished_at) > now() + interval '1 minute'"));
        Assert.Equal(1, await system.CountAsync("inbox WHERE consumed_at < now() - interval '4 days'"));
        Assert.Equal(1, await system.CountAsync("schedules WHERE name = 'tick' AND last_due_at IS NULL AND next_due_at < now() + interval '2 days'"));
    }
}
