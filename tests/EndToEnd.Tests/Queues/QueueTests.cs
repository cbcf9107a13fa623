using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Queues;

/// <summary>What an operator does with queues, over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
[Collection("broker")]
public sealed class QueueTests
{
    private const string Queue = "/queues/user-registered";

    [Fact]
    public async Task A_pause_stops_the_worker_and_a_resume_drains_the_queue()
    {
        await using var system = await RealSystem.StartAsync();
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=before@example.org");
        await ledger.AllSucceededAsync(system.Api.Client);

        await PostAsync(system, "/pause");
        await Eventually.True(async () => await system.ConsumersAsync("user-registered") == 0, "nobody consumes the queue");
        for (var i = 0; i < 20; i++)
        {
            await ledger.SendOneAsync(system.Api.Client, $"/register?email=user{i}@example.org");
        }

        await Eventually.True(async () => await DepthAsync(system) == 20 && await system.MessagesAsync("user-registered") == 20, "the broker keeps them");
        Assert.Single(system.Smtp.Mails);
        using (var ready = await system.Worker.Client.GetAsync("/health/ready"))
        {
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        }

        await PostAsync(system, "/resume");
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(21, system.Smtp.Mails.Count);
        await Eventually.True(async () => await system.ConsumersAsync("user-registered") == 1, "it is consumed again");
    }

    [Fact]
    public async Task A_pause_finishes_deliveries_in_flight_and_returns_the_rest()
    {
        await using var system = await RealSystem.StartAsync(("Endpoints__user-registered__Concurrency", "1"), ("Mail__AttemptTimeout", "00:05:00"), ("Outbox__QueueReportInterval", "00:00:00.5"));
        var finish = new TaskCompletionSource();
        system.Smtp.Held = finish.Task;
        var ledger = new Ledger();
        for (var i = 0; i < 10; i++)
        {
            await ledger.SendOneAsync(system.Api.Client, $"/register?email=user{i}@example.org");
        }

        await Eventually.True(() => system.Smtp.Attempts == 1, "the first mail is under way");
        await PostAsync(system, "/pause");
        await KnowsSettingsAsync(system);
        finish.SetResult();

        await Eventually.True(async () => await system.ConsumersAsync("user-registered") == 0, "nobody consumes the queue");
        await Eventually.True(async () => await system.MessagesAsync("user-registered") == 9, "the broker has the rest");
        await Eventually.True(() => !system.Smtp.Mails.IsEmpty, "what was in flight is finished");
        Assert.Single(system.Smtp.Mails);
        await PostAsync(system, "/resume");
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(10, system.Smtp.Mails.Count);
    }

    [Fact]
    public async Task A_worker_that_starts_while_its_queue_is_paused_takes_nothing()
    {
        await using var system = await RealSystem.StartAsync();
        await Eventually.True(async () => await system.CountAsync("queues WHERE name = 'user-registered'") == 1, "the queue is reported");
        await PostAsync(system, "/pause");
        await system.Worker.TerminateAsync();
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await system.StartWorker().ReadyAsync();

        await Eventually.True(async () => await system.ConsumersAsync("user-registered") == 0 && await system.MessagesAsync("user-registered") == 1, "the broker keeps it");
        Assert.Empty(system.Smtp.Mails);
        await PostAsync(system, "/resume");
        await ledger.AllSucceededAsync(system.Api.Client);
    }

    [Fact]
    public async Task A_purge_cancels_exactly_the_tasks_that_it_removed()
    {
        await using var system = await RealSystem.StartAsync();
        await Eventually.True(async () => await system.CountAsync("queues WHERE name IN ('user-registered', 'log-requested')") == 2, "the queues are reported");
        await system.Worker.TerminateAsync();
        var ledger = new Ledger();
        for (var i = 0; i < 600; i++) // more than a batch
        {
            await ledger.WelcomeAsync(system, $"user{i}@example.org");
        }

        await ledger.SendOneAsync(system.Api.Client, "/log?message=other");
        await Eventually.True(async () => await system.MessagesAsync("user-registered") == 600 && await system.CountAsync("outbox") == 0, "they are at the broker");
        await Eventually.True(async () => await DepthAsync(system) == 600, "the API sees them");

        var result = await PostAsync(system, "/purge", new { count = 600 });

        Assert.Equal((600, 600), (result.GetProperty("purged").GetInt32(), result.GetProperty("cancelled").GetInt32()));
        await Eventually.True(async () => await DepthAsync(system) == 0 && await system.MessagesAsync("user-registered") == 0, "the queue is empty");
        Assert.Equal(600, await system.CountAsync("tasks WHERE state = 8 AND kind = 'UserRegistered'"));
        Assert.Equal(2, await system.CountAsync("audit WHERE action = 'queue.purge'"));
        await system.StartWorker().ReadyAsync();
        await Eventually.True(async () => await system.CountAsync("tasks WHERE state = 3 AND kind = 'LogRequested'") == 1, "the other queue was left alone");
        Assert.Empty(system.Smtp.Mails);
    }

    [Fact]
    public async Task Without_a_broker_depths_are_unknown_and_purges_are_refused()
    {
        await using var system = await RealSystem.StartAsync();
        await Eventually.True(async () => await DepthAsync(system) == 0, "the queue is known");
        await RealSystem.RabbitMqCtlAsync("stop_app");
        try
        {
            await Eventually.True(async () => await DepthAsync(system) is null, "the broker is found to be out of reach");
            var queue = await system.Api.Client.GetFromJsonAsync<JsonElement>(Queue);
            Assert.Equal(JsonValueKind.Null, queue.GetProperty("depth").ValueKind);
            Assert.Equal(0, queue.GetProperty("deadLetters").GetInt32());
            using var purge = await system.Api.Client.PostAsJsonAsync($"{Queue}/purge", new { count = 0 });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, purge.StatusCode);
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        await Eventually.True(async () => await DepthAsync(system) == 0, "the broker is asked again");
    }

    /// <summary>Waits until the worker has read the settings of now: it does so before it shows that it has reported, and one reading may have begun before.</summary>
    private static async Task KnowsSettingsAsync(RealSystem system)
    {
        var reports = new HashSet<string?>();
        await Eventually.True(
            async () =>
            {
                var processes = (await system.Api.Client.GetFromJsonAsync<JsonElement>("/workers")).GetProperty("items").EnumerateArray();
                reports.UnionWith(processes.Where(p => p.GetProperty("queues").GetArrayLength() > 0).Select(p => p.GetProperty("seenAt").GetString()));
                return reports.Count > 3;
            },
            "the worker knows of the pause");
    }

    /// <returns>Null while no worker has reported the queue, or when the broker is out of reach.</returns>
    private static async Task<long?> DepthAsync(RealSystem system)
    {
        using var response = await system.Api.Client.GetAsync(Queue);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return null;
        }

        var depth = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("depth");
        return depth.ValueKind == JsonValueKind.Null ? null : depth.GetInt64();
    }

    private static async Task<JsonElement> PostAsync(RealSystem system, string action, object? body = null)
    {
        using var response = await system.Api.Client.PostAsJsonAsync(Queue + action, body ?? new { });
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
