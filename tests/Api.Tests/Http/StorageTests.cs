using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

/// <summary>What a caller's request may store, and what is refused while storage is short.</summary>
public sealed class StorageTests
{
    [Fact]
    public async Task When_storage_is_short_only_storing_is_refused()
    {
        var gauge = new FakeGauge();
        await using var api = new StandaloneApi(("AccessLog:Enabled", "true"));
        await using var factory = api.WithWebHostBuilder(web => web.ConfigureTestServices(services => services.AddSingleton<IStorageGauge>(gauge)));
        using var client = factory.CreateClient();
        using var delayed = await client.PostAsJsonAsync(
            "/tasks", new { type = "LogRequested", message = new { level = "Error", message = "a", loggedAt = DateTimeOffset.UtcNow }, delay = "01:00:00" });
        var key = Guid.NewGuid().ToString();
        using var before = await PostAsync(client, key);
        await Eventually.True(
            async () => (await api.CountAsync("activity_log WHERE source = 1"), await api.CountAsync("activity_log WHERE source = 2")) is (1, >= 2),
            "the caller's entry is written, and both requests are in the access log");
        Assert.Equal(HttpStatusCode.Accepted, before.StatusCode);
        await client.HealthAsync();

        gauge.Shortage = "The test has no room.";
        await Eventually.True(async () => await ReadyAsync(client) == HttpStatusCode.ServiceUnavailable, "it is not ready");
        var (tasks, users, entries) = (await api.CountAsync("tasks"), await api.CountAsync("users"), await api.CountAsync("activity_log"));
        using var log = await PostAsync(client);
        using var register = await client.PostAsync("/register?email=ann@example.org", null);
        using var task = await client.PostAsJsonAsync("/tasks", new { type = "LogCleanUpDue", message = new { } });
        using var schedule = await client.PutAsJsonAsync("/schedules/s", new { cron = "* * * * *", type = "LogCleanUpDue", message = new { } });
        using var upload = await client.PostAsync("/uploads", new MultipartFormDataContent { { new StringContent("n"), "name" } });
        using var redrive = await client.PostAsync("/dead-letters/redrive?queue=q", null);
        using var redriveMany = await client.PostAsJsonAsync("/dead-letters/bulk", new { action = "Redrive", filter = new { queue = "q" } });

        foreach (var refused in (HttpResponseMessage[])[log, register, task, schedule, upload, redrive, redriveMany])
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
            Assert.Contains("so nothing was stored. The test has no room.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var id = (await delayed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetString();
        using var replayed = await PostAsync(client, key);
        using var read = await client.GetAsync("/tasks");
        using var cancel = await client.PostAsync($"/tasks/{id}/cancel", null);
        using var drop = await client.PostAsync("/dead-letters/drop?queue=q", null);
        using var dropMany = await client.PostAsJsonAsync("/dead-letters/bulk", new { action = "Drop", filter = new { queue = "q" } });
        using var delete = await client.DeleteAsync("/schedules/none");
        Assert.All((HttpResponseMessage[])[replayed, read, cancel, drop, dropMany, delete], allowed => Assert.True(allowed.IsSuccessStatusCode, $"{allowed.RequestMessage}"));
        Assert.Equal(await before.Content.ReadAsStringAsync(), await replayed.Content.ReadAsStringAsync());
        Assert.Equal((tasks, users, entries), (await api.CountAsync("tasks"), await api.CountAsync("users"), await api.CountAsync("activity_log")));

        gauge.Shortage = null;
        await Eventually.True(async () => await ReadyAsync(client) == HttpStatusCode.OK, "it is ready by itself");
        using var after = await PostAsync(client);
        Assert.Equal(HttpStatusCode.Accepted, after.StatusCode);
        await Eventually.True(
            async () => await api.CountAsync("activity_log WHERE message LIKE '% requests are missing from the access log'") == 1, "what was dropped is told");
    }

    [Theory]
    [InlineData('"', 4_000, 990, 8, "properties")] // 12 KB are 24 KB of JSON
    [InlineData('語', 4_000, 0, 0, null)]
    [InlineData('語', 4_000, 990, 2, "message")]
    [InlineData('x', 4_000, 990, 8, null)]
    [InlineData('\n', 4_000, 990, 8, "properties")]
    [InlineData('\\', 4_000, 500, 8, null)]
    public async Task An_entrys_limit_counts_its_encoded_bytes(char character, int message, int property, int properties, string? refused)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var text = new string(character, message - 2);

        using var response = await client.PostAsync("/log", new FormUrlEncodedContent(
            Enumerable.Range(0, properties).Select(i => KeyValuePair.Create($"properties[{i}]", new string(character, property))).Append(new("message", $"<{text}>"))));
        var answer = await response.Content.ReadAsStringAsync();

        Assert.Equal(refused is null ? HttpStatusCode.Accepted : HttpStatusCode.BadRequest, response.StatusCode);
        if (refused is not null)
        {
            Assert.Contains($"'{refused}' makes the entry too large", answer, StringComparison.Ordinal);
            Assert.Contains("may take 16384", answer, StringComparison.Ordinal);
            return;
        }

        await Eventually.True(async () => await api.CountAsync("activity_log") == 1, "it is written");
        Assert.InRange(await api.CountAsync("activity_log WHERE length(CAST(message AS blob)) + length(CAST(properties AS blob)) <= 16384"), 1, 1);
    }

    [Fact]
    public async Task A_request_that_would_store_more_than_it_may_is_a_413()
    {
        await using var api = new StandaloneApi(("Api:MaxStoredBytes", "8192"));
        using var client = api.CreateClient();
        var entry = new { type = "LogRequested", message = new { level = "Error", message = new string('x', 700), loggedAt = DateTimeOffset.UtcNow } };

        using var few = await client.PostAsJsonAsync("/tasks", new { entry.type, entry.message, then = new[] { entry, entry } });
        using var many = await client.PostAsJsonAsync("/tasks", new { entry.type, entry.message, then = Enumerable.Repeat(entry, 10) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tasks") { Content = JsonContent.Create(new { entry.type, entry.message, then = Enumerable.Repeat(entry, 10) }) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var keyed = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, few.StatusCode);
        foreach (var refused in (HttpResponseMessage[])[many, keyed])
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            Assert.Contains("at most 8192 are allowed", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(3, await api.CountAsync("tasks"));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/log?message=a");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await client.SendAsync(request);
    }

    private static async Task<HttpStatusCode> ReadyAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/health/ready");
        return response.StatusCode;
    }

    private sealed class FakeGauge : IStorageGauge
    {
        public volatile string? Shortage;

        public ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Shortage);
    }
}
