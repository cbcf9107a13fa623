using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Queues;

/// <summary><c>/queues</c>: how they get on, and what an operator does about it.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(("Outbox:QueueSettingsInterval", "00:00:00.2"), ("Outbox:QueueReportInterval", "00:00:01")); // a heartbeat lasts three of them, also on a busy machine
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        await _api.QueuesAreReportedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_paused_queue_keeps_its_messages_and_the_process_stays_ready()
    {
        using var paused = await _client.PostAsync("/queues/user-registered/pause", null);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        Assert.True((await paused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("paused").GetBoolean());
        using var again = await _client.PostAsync("/queues/user-registered/pause", null);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        await PauseHoldsAsync();

        var id = await _api.AcceptedAsync(null, "/register?email=ann@example.org");
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/log?message=other"));

        await _api.StateAsync(id, "Queued"); // after its entry in the log
        await Eventually.True(async () => await DepthAsync() == 1, "it is in the queue");
        await _client.HealthAsync();

        using var resumed = await _client.PostAsync("/queues/user-registered/resume", null);
        await _api.SucceededAsync(id);
        Assert.Equal(1, await _api.CountAsync("audit WHERE who = 'local' AND action = 'queue.pause' AND target = 'user-registered'"));
        Assert.Equal(2, await _api.CountAsync("audit WHERE who <> 'declared' AND action IN ('queue.pause', 'queue.resume')"));
    }

    [Fact]
    public async Task What_a_patch_names_is_set_and_null_clears_it()
    {
        using var set = await PatchAsync("""{"concurrency":4,"rateLimit":2.5,"priority":"high"}""");
        var settings = await set.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((4, 2.5, "High"), (settings.GetProperty("concurrency").GetInt32(), settings.GetProperty("rateLimit").GetDouble(), settings.GetProperty("priority").GetString()));

        using var cleared = await PatchAsync("""{"rateLimit":null}""");

        settings = await cleared.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((4, JsonValueKind.Null), (settings.GetProperty("concurrency").GetInt32(), settings.GetProperty("rateLimit").ValueKind));
    }

    [Fact]
    public async Task A_purge_wants_the_depth_as_confirmation_and_cancels_the_tasks()
    {
        using var paused = await _client.PostAsync("/queues/user-registered/pause", null);
        await PauseHoldsAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            ids.Add(await _api.AcceptedAsync(null, $"/register?email=user{i}@example.org"));
        }

        await Eventually.True(async () => await DepthAsync() == 30, "the mails are due: each comes after its entry in the log");
        foreach (var unconfirmed in (string[])["{}", """{"count":5}""", """{"count":100}"""])
        {
            using var refused = await PurgeAsync(unconfirmed);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal(30, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("depth").GetInt32());
        }

        using var purged = await PurgeAsync("""{"count":30}""");

        var result = await purged.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((30, 30), (result.GetProperty("purged").GetInt32(), result.GetProperty("cancelled").GetInt32()));
        Assert.Equal(0, await DepthAsync());
        Assert.Equal(60, await _api.CountAsync("tasks WHERE state = 8")); // and what would have followed each
        using var resumed = await _client.PostAsync("/queues/user-registered/resume", null);
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/register?email=ann@example.org"));
        Assert.Single(_api.Mails());
    }

    [Theory]
    [InlineData("""{"count":"5"}""")]
    [InlineData("""{"count":-1}""")]
    [InlineData("""{"depth":5}""")]
    public async Task InvalidPurgeIsRefused(string body)
    {
        using var refused = await PurgeAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    /// <summary>Waits until the worker has read the settings: it reports the limit that was set after the pause.</summary>
    private async Task PauseHoldsAsync()
    {
        using var limited = await PatchAsync("""{"concurrency":7}""");
        Assert.Equal(HttpStatusCode.OK, limited.StatusCode);
        await Eventually.True(
            async () => (await _client.GetFromJsonAsync<JsonElement>("/queues/user-registered")).GetProperty("consumers").EnumerateArray()
                .Any(consumer => consumer.GetProperty("concurrency").GetInt32() == 7), // one that reports late on a busy machine is no consumer meanwhile
            "the pause holds");
    }

    private async Task<int> DepthAsync() =>
        (await _client.GetFromJsonAsync<JsonElement>("/queues/user-registered")).GetProperty("depth").GetInt32();

    private Task<HttpResponseMessage> PatchAsync(string body) =>
        _client.PatchAsync("/queues/user-registered", new StringContent(body, Encoding.UTF8, "application/json"));

    private Task<HttpResponseMessage> PurgeAsync(string body) =>
        _client.PostAsync("/queues/user-registered/purge", new StringContent(body, Encoding.UTF8, "application/json"));
}
