using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Audit;

/// <summary><c>GET /audit</c>.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public async ValueTask InitializeAsync()
    {
        using var client = _api.CreateClient();
        for (var i = 1; i <= 5; i++)
        {
            await _api.ExecuteAsync(
                $"""
                INSERT INTO audit (id, at, who, action, target, from_state, details)
                VALUES ('{Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(i)).ToString().ToUpperInvariant()}', {i}, '{(i < 3 ? "ann" : "bob")}', 'task.{(i % 2 == 0 ? "cancel" : "redrive")}', '{i}', 'Failed', NULL)
                """);
        }
    }

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Pages_run_from_the_newest_entry_without_a_gap()
    {
        Assert.Equal(["5", "4", "3", "2", "1"], Targets(await ReadAsync("")));
        var (targets, next) = (new List<string>(), string.Empty);
        for (var page = 0; page < 3; page++)
        {
            var read = await ReadAsync($"limit=2{next}");
            targets.AddRange(Targets(read));
            next = read.GetProperty("next") is { ValueKind: JsonValueKind.String } id ? $"&before={id}" : string.Empty;
        }

        Assert.Equal(["5", "4", "3", "2", "1"], targets);
        Assert.Empty(next);
    }

    [Theory]
    [InlineData("who=ann", new[] { "2", "1" })]
    [InlineData("action=task.cancel", new[] { "4", "2" })]
    [InlineData("target=3", new[] { "3" })]
    [InlineData("who=bob&action=task.redrive&limit=1", new[] { "5" })]
    [InlineData("who=nobody", new string[0])]
    public async Task Entries_can_be_filtered(string query, string[] targets) => Assert.Equal(targets, Targets(await ReadAsync(query)));

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("before=yesterday", "before")]
    [InlineData("who=a%00b", "who")]
    public async Task A_wrong_parameter_is_a_400_that_names_it(string query, string named)
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync($"/audit?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

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

    private static IEnumerable<string> Targets(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("target").GetString()!);

    private async Task<JsonElement> ReadAsync(string query)
    {
        using var client = _api.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>($"/audit?{query}");
    }
}
