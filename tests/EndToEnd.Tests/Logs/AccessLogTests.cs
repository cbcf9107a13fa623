using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Logs;

/// <summary>The access log over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
public sealed class AccessLogTests
{
    private static readonly (string, string)[] On = [("AccessLog__Enabled", "true"), ("AccessLog__MaxPerSecond", "10000")];

    [Fact]
    public async Task Each_request_is_logged_once_even_if_the_worker_is_killed()
    {
        await using var system = await RealSystem.StartAsync(On);
        var ledger = new Ledger();
        for (var i = 0; i < 120; i++)
        {
            await ledger.SendOneAsync(system.Api.Client, $"/register?email=user{i}@example.org");
            if (i is 40 or 80)
            {
                await system.Worker.KillAsync();
                await system.StartWorker().ReadyAsync();
            }
        }

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("activity_log WHERE message LIKE 'POST /register 202 in %'") == 120, "all are logged");

        var ids = new HashSet<Guid>();
        for (var after = ""; after is not null;)
        {
            var page = await system.Api.Client.GetFromJsonAsync<JsonElement>($"/logs?property=route:/register&property=status:202&text=POST&limit=50{after}");
            Assert.All(page.GetProperty("items").EnumerateArray(), item => Assert.True(ids.Add(item.GetProperty("id").GetGuid())));
            after = page.GetProperty("next") is { ValueKind: JsonValueKind.String } next ? $"&after={next}" : null;
        }

        Assert.Equal(120, ids.Count);
        Assert.Equal(0, await system.CountAsync("activity_log WHERE message || properties LIKE '%example.org%'"));
        Assert.Equal(0, await system.CountAsync("tasks WHERE id IN (SELECT id FROM activity_log WHERE message LIKE 'POST %')"));
    }

    [Fact]
    public async Task A_clean_up_deletes_old_entries_and_reads_are_audited()
    {
        await using var system = await RealSystem.StartAsync();
        await system.ExecuteAsync(
            """
            INSERT INTO activity_log (id, level, message, properties, logged_at) SELECT ('0190' || lpad(to_hex(i), 28, '0'))::uuid, 2, 'old', '{}', now() - interval '400 days' FROM generate_series(1, 2500) AS i
            """);

        await Eventually.True(async () => await system.CountAsync("schedules WHERE name = 'log-clean-up'") == 1, "the worker has declared it");
        using var response = await system.Api.Client.PostAsJsonAsync("/schedules/log-clean-up/run", new { });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        await Eventually.True(async () => await system.CountAsync("""tasks WHERE kind = 'LogCleanUpDue' AND state = 3 AND result = '{"deleted":2500}'""") == 1, "it is done");
        var data = await system.Api.Client.GetFromJsonAsync<JsonElement>("/data");

        Assert.Equal("""{"users":0,"loggedLastDay":{}}""", data.GetRawText());
        Assert.Equal(1, await system.CountAsync("audit WHERE action = 'data.read' AND who = 'tests'"));
        Assert.Equal(0, await system.CountAsync("activity_log"));
    }
}
