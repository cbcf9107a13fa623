using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Api.Tests.Queues;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Tasks;

/// <summary>Why a task is not running, its timeline and its graph, over HTTP.</summary>
public sealed class TaskReasonTests
{
    private static readonly string Reader = ApiKeys.New(), Operator = ApiKeys.New();

    private static readonly (string, string)[] Settings =
    [
        ("Access:Keys:0:Name", "rita"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(Reader)),
        ("Access:Keys:1:Name", "ann"), ("Access:Keys:1:Role", "operate"), ("Access:Keys:1:Hash", ApiKeys.Hash(Operator)),
        ("Endpoints:Default:Retry:ImmediateRetries", "0"), ("Endpoints:Default:Retry:DelayedRetries", "0"),
    ];

    [Fact]
    public async Task A_task_of_a_paused_queue_says_who_paused_it()
    {
        await using var api = new StandaloneApi(Settings);
        using var client = Client(api, Operator);
        var id = await PausedTaskAsync(api, client);

        var why = await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}/why");

        Assert.Equal(["taskId", "state", "code", "message", "advice", "until", "since", "who", "queue", "tasks"], why.EnumerateObject().Select(p => p.Name));
        Assert.Equal((id, "Queued", "QueuePaused"), (why.GetProperty("taskId").GetGuid(), Text(why, "state"), Text(why, "code")));
        Assert.Matches("^Queue log-requested is paused by ann since .* UTC; 1 message waits in it.$", Text(why, "message")!);
        Assert.Equal(("ann", "log-requested"), (Text(why, "who"), Text(why, "queue")));
        Assert.Empty(why.GetProperty("tasks").EnumerateArray());
    }

    [Fact]
    public async Task A_list_says_why_only_if_asked_and_only_of_open_tasks()
    {
        await using var api = new StandaloneApi(Settings);
        using var client = Client(api, Operator);
        var done = await api.AcceptedAsync(null, "/log?message=done");
        await Eventually.True(async () => await api.CountAsync("tasks WHERE state = 3") == 1, "one has succeeded");
        var id = await PausedTaskAsync(api, client);

        var with = await ItemsAsync(client, "/tasks?why=true");
        var without = await ItemsAsync(client, "/tasks");

        var why = with[id].GetProperty("why");
        Assert.Equal(["code", "message", "until"], why.EnumerateObject().Select(p => p.Name));
        Assert.Equal("QueuePaused", Text(why, "code"));
        Assert.Contains("paused by ann", Text(why, "message"), StringComparison.Ordinal);
        Assert.False(with[done].TryGetProperty("why", out _));
        Assert.All(without.Values, item => Assert.False(item.TryGetProperty("why", out _)));
        Assert.Equal(without[id].EnumerateObject().Select(p => p.Name), with[id].EnumerateObject().Select(p => p.Name).Where(name => name != "why"));
    }

    [Fact]
    public async Task A_timeline_and_a_graph_have_their_shape()
    {
        await using var api = new StandaloneApi(Settings);
        using var client = Client(api, Operator);
        using var response = await client.PostAsJsonAsync(
            "/tasks",
            new
            {
                type = "LogRequested",
                message = new { level = "Information", message = "one", loggedAt = DateTimeOffset.UtcNow },
                then = new[] { new { type = "LogRequested", message = new { level = "Information", message = "two", loggedAt = DateTimeOffset.UtcNow } } },
            });
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>();
        Guid[] ids = [accepted.GetProperty("taskId").GetGuid(), .. accepted.GetProperty("taskIds").EnumerateArray().Select(id => id.GetGuid())];
        await Eventually.True(async () => await api.CountAsync("tasks WHERE state = 3") == 2, "both have succeeded");

        var timeline = await client.GetFromJsonAsync<JsonElement>($"/tasks/{ids[0]}/timeline");
        var graph = await client.GetFromJsonAsync<JsonElement>($"/tasks/{ids[1]}/graph");

        Assert.True(timeline.GetProperty("isComplete").GetBoolean());
        var items = timeline.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["at", "until", "type", "text", "attempt", "worker", "error", "who", "taskId", "seconds"], items[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(("Enqueued", "ann", "Succeeded"), (Text(items[0], "type"), Text(items[0], "who"), Text(items[^1], "type")));
        Assert.Equal(["nodes", "edges", "isCapped"], graph.EnumerateObject().Select(p => p.Name));
        Assert.Equal([ids[1], ids[0]], graph.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("id").GetGuid()));
        Assert.Equal(["id", "kind", "state", "queue", "createdAt", "finishedAt", "lastError"], graph.GetProperty("nodes")[0].EnumerateObject().Select(p => p.Name));
        var edge = Assert.Single(graph.GetProperty("edges").EnumerateArray());
        Assert.Equal((ids[0], ids[1]), (edge.GetProperty("from").GetGuid(), edge.GetProperty("to").GetGuid()));
    }

    [Theory]
    [InlineData("why")]
    [InlineData("timeline")]
    [InlineData("graph")]
    public async Task Without_a_key_nothing_is_open_and_unknown_tasks_are_not_found(string route)
    {
        await using var api = new StandaloneApi(Settings);
        using var anonymous = api.CreateClient();
        using var client = Client(api, Reader);
        var id = await api.AcceptedAsync(null, "/log?message=done");

        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync($"/tasks/{id}/{route}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/tasks/{id}/{route}")).StatusCode);
        using var unknown = await client.GetAsync($"/tasks/{Guid.NewGuid()}/{route}");
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/tasks?why=perhaps")).StatusCode);
    }

    [Fact]
    public async Task A_reader_sees_errors_with_masked_addresses()
    {
        await using var api = new StandaloneApi(Settings);
        using var reader = Client(api, Reader);
        using var ann = Client(api, Operator);
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await Eventually.True(async () => await api.CountAsync("dead_letters") == 1, "the mail has failed");
        await api.ExecuteAsync("UPDATE dead_letters SET error = 'bob@example.org refused'");
        await api.ExecuteAsync("UPDATE tasks SET last_error = 'bob@example.org refused'");

        foreach (var route in (string[])["why", "timeline", "graph"])
        {
            Assert.Contains("bob@example.org", await ann.GetStringAsync($"/tasks/{id}/{route}"), StringComparison.Ordinal);
            Assert.Contains("b***@example.org", await reader.GetStringAsync($"/tasks/{id}/{route}"), StringComparison.Ordinal);
            Assert.DoesNotContain("bob@example.org", await reader.GetStringAsync($"/tasks/{id}/{route}"), StringComparison.Ordinal);
        }
    }

    private static async Task<Guid> PausedTaskAsync(StandaloneApi api, HttpClient client)
    {
        await Eventually.True(
            async () => (await client.GetFromJsonAsync<JsonElement>("/queues")).GetProperty("items").EnumerateArray().Any(q => Text(q, "name") == "log-requested"), "the queue is reported");
        (await client.PostAsync("/queues/log-requested/pause", null)).EnsureSuccessStatusCode();
        return await api.AcceptedAsync(null, "/log?message=paused");
    }

    private static async Task<Dictionary<Guid, JsonElement>> ItemsAsync(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("id").GetGuid());

    private static HttpClient Client(StandaloneApi api, string key)
    {
        var client = api.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
