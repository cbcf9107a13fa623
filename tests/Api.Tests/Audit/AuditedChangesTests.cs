using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Audit;

/// <summary>Each change by a caller has an audit entry.</summary>
public sealed class AuditedChangesTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Each_change_has_an_entry()
    {
        using var client = _api.CreateClient();
        var user = await _api.AddUserAsync("Ann");

        var task = await IdAsync(client.PostAsJsonAsync(
            "/tasks", new { type = "LogRequested", message = new { level = "Error", message = "a", loggedAt = DateTimeOffset.UtcNow }, then = Array.Empty<object>() }), "taskId");
        var unique = await IdAsync(client.PostAsJsonAsync("/tasks", new { type = "LogCleanUpDue", message = new { }, unique = new { key = "k", window = "01:00:00" } }), "taskId");
        var export = await IdAsync(client.PostAsync("/exports", null), "taskId");
        var upload = await IdAsync(client.PostAsync("/uploads?name=a.txt", new StringContent("text")), "id");
        using var deleted = await client.DeleteAsync($"/uploads/{upload}");
        using var changed = await client.PatchAsJsonAsync($"/users/{user}", new { displayName = "Ann B." });
        using var refused = await client.PatchAsJsonAsync($"/users/{user}", new { displayName = "a\nb" });

        var entries = (await ReadAsync("who=local")).GetProperty("items").EnumerateArray()
            .Select(e => $"{e.GetProperty("action").GetString()} {e.GetProperty("target").GetString()}").Reverse();
        Assert.Equal(
            [$"task.add {task}", $"task.add {unique}", $"export.request {export}", $"upload.add {upload}", $"upload.delete {upload}", $"user.change {user}"],
            entries);
    }

    private static async Task<Guid> IdAsync(Task<HttpResponseMessage> sent, string name)
    {
        using var response = await sent;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty(name).GetGuid();
    }

    private async Task<JsonElement> ReadAsync(string query)
    {
        using var client = _api.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>($"/audit?{query}");
    }
}
