using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Bulk;

/// <summary>Counts, and actions on many, over HTTP.</summary>
public sealed class BulkTests
{
    [Fact]
    public async Task All_that_match_are_cancelled_after_their_number_was_seen()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await AddAsync(api, 7, "Reminder");
        await AddAsync(api, 2, "Other");

        var count = await client.GetFromJsonAsync<JsonElement>("/tasks/count?kind=Reminder&state=Scheduled");
        using var differs = await PostAsync(client, "/tasks/bulk", """{ "action": "Cancel", "filter": { "state": "Scheduled", "kind": "Reminder" }, "expected": 6 }""");
        using var done = await PostAsync(client, "/tasks/bulk", """{ "action": "cancel", "filter": { "state": ["Scheduled"], "kind": "Reminder" }, "expected": 7 }""");

        Assert.Equal((7, true, 5), (count.GetProperty("count").GetInt32(), count.GetProperty("isExact").GetBoolean(), count.GetProperty("sample").GetArrayLength()));
        Assert.Equal("Reminder", count.GetProperty("sample")[0].GetProperty("kind").GetString());
        Assert.Equal((HttpStatusCode.Conflict, 7), (differs.StatusCode, (await JsonAsync(differs)).GetProperty("count").GetInt32()));
        Assert.Equal((HttpStatusCode.OK, """{"changed":7,"skipped":0}"""), (done.StatusCode, await done.Content.ReadAsStringAsync()));
        Assert.Equal((7, 2), (await api.CountAsync("tasks WHERE state = 8"), await api.CountAsync("tasks WHERE state = 5")));
        Assert.Equal(1, await api.CountAsync("audit WHERE action = 'task.cancel' AND who = 'local'"));
    }

    [Fact]
    public async Task More_than_a_thousand_are_changed_step_by_step()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await AddAsync(api, 1_200, "Reminder");

        using var accepted = await PostAsync(client, "/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "Reminder" }, "expected": 1200 }""");

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var id = (await JsonAsync(accepted)).GetProperty("id").GetGuid();
        Assert.Equal($"/bulk-actions/{id}", accepted.Headers.Location?.OriginalString);
        JsonElement action = default;
        await Eventually.True(
            async () => (action = await client.GetFromJsonAsync<JsonElement>($"/bulk-actions/{id}")).GetProperty("state").GetString() == "Done", "it is done");
        Assert.Equal(
            ("Cancel", "Tasks", "local", 1_200, 1_200, 1_200, 0),
            (action.GetProperty("action").GetString(), action.GetProperty("subject").GetString(), action.GetProperty("who").GetString(), Number("total"), Number("done"), Number("changed"), Number("skipped")));
        Assert.Equal("""{"kind":"Reminder"}""", action.GetProperty("filter").GetRawText());
        Assert.Equal(id, Assert.Single((await client.GetFromJsonAsync<JsonElement>("/bulk-actions?limit=1")).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        using var stopped = await client.PostAsync($"/bulk-actions/{id}/stop", null);
        using var unknown = await client.PostAsync($"/bulk-actions/{Guid.NewGuid()}/stop", null);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (stopped.StatusCode, unknown.StatusCode));

        int Number(string name) => action.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("/tasks/bulk", """{ "action": "Cancel" }""", "ids")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "ids": [] }""", "ids")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": {} }""", "filter")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "a" }, "ids": ["0193a0b0-0000-7000-8000-000000000001"] }""", "ids")]
    [InlineData("/tasks/bulk", """{ "action": "Drop", "filter": { "kind": "a" } }""", "action")]
    [InlineData("/tasks/bulk", """{ "filter": { "kind": "a" } }""", "action")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "state": "Done" } }""", "filter.state")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "state": [1] } }""", "filter.state")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "kindd": "a" } }""", "filter.kindd")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "a" }, "expected": -1 }""", "expected")]
    [InlineData("/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "a\u0000" } }""", "filter.kind")]
    [InlineData("/dead-letters/bulk", """{ "action": "Drop", "filter": { "queue": "a" }, "queue": "b" }""", "queue")]
    [InlineData("/dead-letters/bulk", """{ "action": "Redrive", "filter": { "reason": "Bad" } }""", "filter.reason")]
    public async Task A_wrong_request_is_a_400_that_names_the_field(string path, string body, string field)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await PostAsync(client, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await JsonAsync(response)).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Fact]
    public async Task A_repeated_request_with_its_key_gets_its_first_answer()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await AddAsync(api, 3, "Reminder");
        client.DefaultRequestHeaders.Add("Idempotency-Key", "once");

        using var first = await PostAsync(client, "/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "Reminder" }, "expected": 3 }""");
        using var again = await PostAsync(client, "/tasks/bulk", """{ "action": "Cancel", "filter": { "kind": "Reminder" }, "expected": 3 }""");

        Assert.Equal("""{"changed":3,"skipped":0}""", await first.Content.ReadAsStringAsync());
        Assert.Equal("""{"changed":3,"skipped":0}""", await again.Content.ReadAsStringAsync());
        Assert.Equal(1, await api.CountAsync("audit WHERE action = 'task.cancel'"));
    }

    [Theory]
    [InlineData("field=state&text=sched", "Scheduled")]
    [InlineData("field=queue&text=user-reg", "user-registered")]
    [InlineData("field=kind&text=logreq", "LogRequested")]
    [InlineData("field=key&text=userid", "userId")]
    public async Task Values_are_suggested_for_a_filter(string query, string first)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        JsonElement items = default;

        await Eventually.True(
            async () => (items = (await client.GetFromJsonAsync<JsonElement>($"/tasks/suggestions?{query}")).GetProperty("items")).GetArrayLength() > 0, "there is a suggestion");

        Assert.Equal(first, items[0].GetProperty("value").GetString());
        Assert.NotEqual("", items[0].GetProperty("text").GetString());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body) =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static Task<JsonElement> JsonAsync(HttpResponseMessage response) => response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>Stores tasks that are due in a year.</summary>
    private static async Task AddAsync(StandaloneApi api, int count, string kind)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(500))
        {
            var rows = chunk.Select(i => $"('{Guid.CreateVersion7().ToString().ToUpperInvariant()}', '{kind}', 5, {DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds()})");
            await api.ExecuteAsync($"INSERT INTO tasks (id, kind, state, created_at) VALUES {string.Join(", ", rows)}");
        }
    }
}
