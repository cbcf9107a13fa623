using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests;

/// <summary>The routes beside the use cases.</summary>
public sealed class HttpTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("/tasks/01a20dc3-f5b1-7af4-86cc-7c560613e3ad")]
    [InlineData("/tasks/abc")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_a_404_with_problem_details(string path)
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/scalar")]
    public async Task Health_and_the_page_answer(string path)
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_route_and_every_way_to_send_fields()
    {
        using var client = _api.CreateClient();

        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        Assert.Equal(
            [
                "/audit", "/data", "/exports", "/exports/{id}", "/exports/{id}/file", "/failures", "/failures/drop", "/failures/groups", "/failures/redrive", "/failures/{id}", "/failures/{id}/drop",
                "/failures/{id}/redrive", "/log", "/logs", "/password/forgot", "/password/reset", "/queues", "/queues/{name}", "/queues/{name}/pause",
                "/queues/{name}/purge", "/queues/{name}/resume", "/register", "/schedules", "/schedules/{name}", "/schedules/{name}/pause", "/schedules/{name}/resume",
                "/schedules/{name}/run", "/tasks", "/tasks/events", "/tasks/types", "/tasks/{id}",
                "/tasks/{id}/cancel", "/tasks/{id}/events", "/tasks/{id}/retry",
                "/uploads", "/uploads/{id}", "/uploads/{id}/content", "/uploads/{id}/thumbnail", "/users", "/users/{id}",
            ],
            paths.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var register = paths.GetProperty("/register").GetProperty("post");
        Assert.Equal(
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
            register.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(["Idempotency-Key", "displayName", "email"], register.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order());
        var upload = paths.GetProperty("/uploads").GetProperty("post");
        Assert.Equal(
            ["application/octet-stream", "multipart/form-data"],
            upload.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(
            ["202", "400", "401", "403", "413", "415", "422", "503", "507"],
            upload.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
        var audit = paths.GetProperty("/audit").GetProperty("get");
        Assert.Equal(["200", "400", "401", "403", "503"], audit.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
        Assert.Equal(
            ["action", "before", "limit", "target", "who"],
            audit.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order());
        Assert.Equal(
            ["ApiKey", "Bearer"],
            audit.GetProperty("security").EnumerateArray().Select(s => s.EnumerateObject().Single().Name).Order());
        Assert.False(register.TryGetProperty("security", out _));
        Assert.Equal(
            ["202", "400", "413", "415", "422", "503"],
            register.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
    }

    [Fact]
    public async Task A_wrong_method_is_a_405()
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync("/register");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
