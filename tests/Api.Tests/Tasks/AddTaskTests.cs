using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Contracts;

namespace Messaging.Api.Tests.Tasks;

/// <summary><c>POST /tasks</c>: any known task, by the name of its type.</summary>
public sealed class AddTaskTests : IAsyncLifetime
{
    private const string Message = """{ "level": "Information", "message": "hello", "loggedAt": "2026-05-04T12:00:00Z" }""";

    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task The_types_are_those_that_are_opened()
    {
        using var client = _api.CreateClient();

        var types = (await client.GetFromJsonAsync<string[]>("/task-types"))!;

        var opened = typeof(TaskTypeAttribute).Assembly.GetExportedTypes().Where(t => t.IsDefined(typeof(TaskTypeAttribute), inherit: false)).Select(t => t.Name);
        Assert.Equal(opened.Order(StringComparer.Ordinal), types);
        Assert.Contains("LogRequested", types);
        Assert.DoesNotContain("RegistrationMailSent", types); // an event that need not have a consumer
    }

    [Fact]
    public async Task Each_type_has_a_message_to_begin_with()
    {
        using var client = _api.CreateClient();
        foreach (var name in (await client.GetFromJsonAsync<string[]>("/task-types"))!)
        {
            var type = await client.GetFromJsonAsync<JsonElement>($"/task-types/{name}");
            Assert.Equal(name, type.GetProperty("name").GetString());
            await _api.AcceptedAsync(Json($$"""{ "type": "{{name}}", "message": {{type.GetProperty("example")}}, "delay": "1.00:00:00" }"""), "/tasks");
        }

        using var unknown = await client.GetAsync(new Uri("/task-types/Nothing", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "delay": 0.2""")]
    [InlineData(""", "delay": "00:00:00.2" """)]
    [InlineData(""", "runAt": "2020-01-01T00:00:00+01:00" """)]
    public async Task A_task_is_enqueued_and_done(string more)
    {
        var id = await _api.AcceptedAsync(Json($$"""{ "type": "LogRequested", "message": {{Message}}, "kind": "Hello"{{more}} }"""), "/tasks");

        Assert.Equal("Hello", (await _api.SucceededAsync(id)).GetProperty("kind").GetString());
        Assert.Equal(1, await _api.CountAsync("activity_log WHERE message = 'hello'"));
    }

    [Theory]
    [InlineData("\"delay\": \"1.00:00:00\"")]
    [InlineData("\"delay\": 86400")]
    public async Task A_task_with_a_delay_is_scheduled(string delay)
    {
        using var client = _api.CreateClient();

        var id = await _api.AcceptedAsync(Json($$"""{ "type": "LogRequested", "message": {{Message}}, {{delay}} }"""), "/tasks");

        var task = await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}");
        Assert.Equal("Scheduled", task.GetProperty("state").GetString());
        Assert.InRange(
            task.GetProperty("nextAttemptAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(25));
    }

    [Fact]
    public async Task What_follows_starts_when_the_one_before_it_has_succeeded()
    {
        using var client = _api.CreateClient();
        using var response = await client.PostAsync("/tasks", Json(
            $$"""
            { "type": "LogRequested", "message": {{Message}}, "then": [
                { "type": "LogRequested", "message": {{Message}}, "kind": "Second" },
                { "type": "LogRequested", "message": {{Message}}, "kind": "Third" } ] }
            """));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var following = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskIds").EnumerateArray().ToList();
        Assert.Equal(2, following.Count);
        Assert.Equal("Third", (await _api.SucceededAsync(following[1].GetGuid())).GetProperty("kind").GetString());
        Assert.Equal("Second", (await _api.SucceededAsync(following[0].GetGuid())).GetProperty("kind").GetString());
        Assert.Equal(3, await _api.CountAsync("activity_log"));
    }

    [Fact]
    public async Task A_unique_task_that_waits_already_is_the_answer()
    {
        var body = $$"""{ "type": "LogRequested", "message": {{Message}}, "delay": 3600, "unique": { "key": "report", "window": "01:00:00" } }""";

        var first = await _api.AcceptedAsync(Json(body), "/tasks");
        var second = await _api.AcceptedAsync(Json(body), "/tasks");

        Assert.Equal(first, second);
        Assert.Equal(1, await _api.CountAsync("tasks"));
    }

    [Fact]
    public async Task The_openapi_document_shows_a_body_that_is_accepted()
    {
        using var client = _api.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        foreach (var (path, method) in new[] { ("/tasks", "post"), ("/schedules/{name}", "put") })
        {
            var example = document.GetProperty("paths").GetProperty(path).GetProperty(method)
                .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();
            using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{name}", "tick", StringComparison.Ordinal));
            request.Content = Json(example);
            using var response = await client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
