using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Tasks;

/// <summary><c>POST /tasks/{id}/run-again</c>.</summary>
public sealed class RunAgainTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_task_runs_again_as_a_new_one()
    {
        var id = await LogAsync("hello");

        var again = await _api.AcceptedAsync(content: null, $"/tasks/{id}/run-again");

        Assert.Equal(id, (await _api.SucceededAsync(again)).GetProperty("runAgainOf").GetGuid());
        Assert.Equal(2, await _api.CountAsync("activity_log WHERE message = 'hello'"));
        Assert.Equal(1, await _api.CountAsync($"audit WHERE action = 'task.run-again' AND target = '{id}' AND who = 'local'"));
    }

    [Fact]
    public async Task The_same_request_with_its_key_runs_it_once()
    {
        var id = await LogAsync("hello");
        using var client = _api.CreateClient();
        client.DefaultRequestHeaders.Add("Idempotency-Key", "once");

        using var first = await client.PostAsync($"/tasks/{id}/run-again", content: null);
        using var second = await client.PostAsync($"/tasks/{id}/run-again", content: null);

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(2, await _api.CountAsync("tasks WHERE kind = 'LogRequested'"));
    }

    [Fact]
    public async Task An_edited_message_takes_the_place_of_the_old_one()
    {
        var id = await LogAsync("hello");

        var again = await _api.AcceptedAsync(
            JsonContent.Create(new { message = new { level = "Error", message = "edited", loggedAt = "2026-05-04T12:00:00Z", source = "Caller" } }), $"/tasks/{id}/run-again");

        await _api.SucceededAsync(again);
        Assert.Equal(1, await _api.CountAsync("activity_log WHERE message = 'edited' AND level = 4 AND source = 1"));
    }

    [Theory]
    [InlineData("""{ "message": { "level": "Error" } }""", "'message.message' is missing: a LogRequested has to have it.")]
    [InlineData("""{ "message": { "level": "Error", "message": "a", "loggedAt": "2026-05-04T12:00:00Z", "source": "Access" } }""", "'message.source' cannot be changed: only the service sets it.")]
    [InlineData("""{ "message": { "level": "Error", "level": "Error", "message": "a", "loggedAt": "2026-05-04T12:00:00Z" } }""", "has a member twice.")]
    [InlineData("""{ "message": { "level": { "a": 1, "a": 2 }, "message": "a", "loggedAt": "2026-05-04T12:00:00Z" } }""", "has a member twice.")]
    [InlineData("""{ "message": 1 }""", "must be an object.")]
    [InlineData("""{ "messages": {} }""", "is not known here.")]
    public async Task A_wrong_message_is_refused(string body, string reason)
    {
        var id = await LogAsync("hello");
        using var client = _api.CreateClient();

        using var response = await client.PostAsync($"/tasks/{id}/run-again", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, JsonSerializer.Serialize(await response.Content.ReadFromJsonAsync<JsonElement>(), Relaxed), StringComparison.Ordinal);
        Assert.Equal(1, await _api.CountAsync("tasks WHERE kind = 'LogRequested'"));
    }

    [Fact]
    public async Task A_message_of_which_a_part_was_not_stored_cannot_run_again()
    {
        var id = await _api.AcceptedAsync(JsonContent.Create(new { email = "ann@example.org" }), "/register");
        using var client = _api.CreateClient();

        using var response = await client.PostAsync($"/tasks/{id}/run-again", content: null);
        using var unknown = await client.PostAsync($"/tasks/{Guid.CreateVersion7()}/run-again", content: null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(
            "The task cannot be run again. Values of its message were replaced when it was stored: email, displayName. Give the whole message with them.",
            (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task<Guid> LogAsync(string text)
    {
        var id = await _api.AcceptedAsync(JsonContent.Create(new { message = text }), "/log");
        await _api.SucceededAsync(id);
        return id;
    }
}
