using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Schedules;

/// <summary><c>/schedules</c>, with the runner and the worker behind it.</summary>
public sealed class ScheduleTests : IAsyncLifetime
{
    private const string Message = """{ "level": "Information", "message": "tick", "loggedAt": "2026-05-04T12:00:00Z" }""";

    private readonly StandaloneApi _api = new(StandaloneApi.RunsSchedules);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_schedule_enqueues_its_task_again_and_again()
    {
        using var client = _api.CreateClient();
        using var put = await PutAsync(client, "tick", $$"""{ "cron": "* * * * * *", "type": "LogRequested", "message": {{Message}}, "kind": "Tick" }""");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        await Eventually.True(async () => await _api.CountAsync("activity_log WHERE message = 'tick'") >= 3, "three ticks are logged");

        var schedule = await client.GetFromJsonAsync<JsonElement>("/schedules/tick");
        var task = await _api.SucceededAsync(schedule.GetProperty("lastTaskId").GetGuid());
        Assert.Equal("Tick", task.GetProperty("kind").GetString());
        Assert.True(schedule.GetProperty("nextDueAt").GetDateTimeOffset() > schedule.GetProperty("lastDueAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_schedule_is_said_in_words_with_its_last_runs()
    {
        using var client = _api.CreateClient();
        using var put = await PutAsync(
            client, "x.nightly", $$"""{ "cron": "30 2 * * MON-FRI", "timeZone": "Europe/Berlin", "type": "LogRequested", "message": {{Message}} }""");
        Assert.Equal("On Monday to Friday at 02:30", Text(await put.Content.ReadFromJsonAsync<JsonElement>(), "cronText"));
        var task = await _api.AcceptedAsync(null, "/schedules/x.nightly/run");
        await _api.SucceededAsync(task);

        var schedule = await client.GetFromJsonAsync<JsonElement>("/schedules/x.nightly");
        var list = await client.GetFromJsonAsync<JsonElement>("/schedules?after=x");

        var run = Assert.Single(schedule.GetProperty("lastRuns").EnumerateArray());
        Assert.Equal((task, "Succeeded", JsonValueKind.Null), (run.GetProperty("taskId").GetGuid(), Text(run, "state"), run.GetProperty("error").ValueKind));
        Assert.InRange(run.GetProperty("seconds").GetDouble(), 0, 30);
        Assert.Equal(5, schedule.GetProperty("nextDueLocal").GetArrayLength());
        Assert.All(schedule.GetProperty("nextDueLocal").EnumerateArray(), local => Assert.Matches(@"^\d{4}-\d\d-\d\d 02:30 \+0[12]:00$", local.GetString()));
        var listed = list.GetProperty("items")[0];
        Assert.Equal(("On Monday to Friday at 02:30", JsonValueKind.Null), (Text(listed, "cronText"), listed.GetProperty("lastState").ValueKind)); // by hand is no due time
        Assert.False(listed.TryGetProperty("lastRuns", out _));
    }

    [Fact]
    public async Task A_preview_says_when_it_would_be_due()
    {
        using var client = _api.CreateClient();

        var preview = await client.GetFromJsonAsync<JsonElement>("/schedules/preview?cron=0%20*%2F6%20*%20*%20*&timeZone=Asia%2FKolkata");

        Assert.Equal("Every 6 hours, at minute 0", Text(preview, "cronText"));
        Assert.Equal((5, 5), (preview.GetProperty("nextDueTimes").GetArrayLength(), preview.GetProperty("nextDueLocal").GetArrayLength()));
        Assert.EndsWith(":00 +05:30", preview.GetProperty("nextDueLocal")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "cron")]
    [InlineData("?cron=61%20*%20*%20*%20*", "cron")]
    [InlineData("?cron=0%200%2030%202%20*", "cron")]
    [InlineData("?cron=0%200%20*%20*%20*&timeZone=Europe%2FAtlantis", "timeZone")]
    [InlineData("?cron=0%200%20*%20*%20*&zone=UTC", "zone")]
    public async Task A_wrong_preview_is_a_400_that_names_the_field(string query, string field)
    {
        using var client = _api.CreateClient();

        using var refused = await client.GetAsync($"/schedules/preview{query}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Each_change_of_a_schedule_is_answered_and_audited()
    {
        using var client = _api.CreateClient();
        using var created = await PutAsync(
            client,
            "nightly.clean-up_1",
            $$"""{ "cron": "30 2 * * *", "timeZone": "Europe/Berlin", "misfire": "skip", "type": "LogRequested", "message": {{Message}} }""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/schedules/nightly.clean-up_1", created.Headers.Location?.OriginalString);
        using var replaced = await PutAsync(
            client, "nightly.clean-up_1", $$"""{ "cron": "0 0 1 1 *", "type": "LogRequested", "message": {{Message}} }""");
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);

        var schedule = await client.GetFromJsonAsync<JsonElement>("/schedules/nightly.clean-up_1");
        Assert.Equal(
            ("nightly.clean-up_1", "0 0 1 1 *", "UTC", "fire_once", "LogRequested"),
            (Text(schedule, "name"), Text(schedule, "cron"), Text(schedule, "timeZone"), Text(schedule, "misfire"), Text(schedule, "type")));
        Assert.Equal("tick", schedule.GetProperty("message").GetProperty("message").GetString());
        Assert.Equal(5, schedule.GetProperty("nextDueTimes").GetArrayLength());

        var paused = await PostAsync(client, "/schedules/nightly.clean-up_1/pause");
        Assert.Equal((true, JsonValueKind.Null), (paused.GetProperty("paused").GetBoolean(), paused.GetProperty("nextDueAt").ValueKind));
        var resumed = await PostAsync(client, "/schedules/nightly.clean-up_1/resume");
        Assert.Equal(schedule.GetProperty("nextDueAt").GetDateTimeOffset(), resumed.GetProperty("nextDueAt").GetDateTimeOffset());

        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/schedules/nightly.clean-up_1/run"));
        Assert.Equal(1, await _api.CountAsync("activity_log"));

        for (var i = 0; i < 2; i++)
        {
            using var deleted = await client.DeleteAsync("/schedules/nightly.clean-up_1");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        foreach (var (action, count) in new[] { ("put", 2), ("pause", 1), ("resume", 1), ("run", 1), ("delete", 1) })
        {
            Assert.Equal(count, await _api.CountAsync(
                $"audit WHERE action = 'schedule.{action}' AND target = 'nightly.clean-up_1' AND who = 'local'"));
        }
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        using var client = _api.CreateClient();
        foreach (var name in (string[])["x-c", "x-a", "x-b"])
        {
            using var put = await PutAsync(client, name, $$"""{ "cron": "0 0 1 1 *", "type": "LogRequested", "message": {{Message}} }""");
            put.EnsureSuccessStatusCode();
        }

        var first = await client.GetFromJsonAsync<JsonElement>("/schedules?limit=2&after=x"); // what the code declares is before
        var second = await client.GetFromJsonAsync<JsonElement>($"/schedules?limit=2&after={Text(first, "next")}");
        using var wrong = await client.GetAsync("/schedules?limit=0");

        Assert.Equal(["x-a", "x-b"], first.GetProperty("items").EnumerateArray().Select(s => Text(s, "name")));
        Assert.Equal(["x-c"], second.GetProperty("items").EnumerateArray().Select(s => Text(s, "name")));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string name, string body) =>
        client.PutAsync($"/schedules/{name}", new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JsonElement> PostAsync(HttpClient client, string path)
    {
        using var response = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
