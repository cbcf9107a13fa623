using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

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
    public async Task Health_is_answered(string path)
    {
        using var client = _api.CreateClient();

        Assert.Equal("Healthy", (await client.HealthAsync(path)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_page_answers()
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync("/scalar");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_route_and_body_type()
    {
        using var client = _api.CreateClient();

        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        // Every route that is not left out on purpose, as the endpoints themselves tell it.
        var routes = _api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null && e.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .Select(e => $"/{WithoutConstraints(e.RoutePattern.RawText!)}")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.InRange(routes.Count, 20, 1_000);
        Assert.Equal(routes, paths.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var register = paths.GetProperty("/register").GetProperty("post");
        Assert.Equal(
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
            register.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(["Idempotency-Key", "displayName", "email"], register.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order());
        var audit = paths.GetProperty("/audit").GetProperty("get");
        Assert.Equal(["200", "400", "401", "403", "503"], audit.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
        Assert.Equal(
            ["action", "after", "before", "from", "limit", "target", "who"],
            audit.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order());
        Assert.Equal(
            ["ApiKey", "Bearer"],
            audit.GetProperty("security").EnumerateArray().Select(s => s.EnumerateObject().Single().Name).Order());
        Assert.Contains(register.GetProperty("security").EnumerateArray(), requirement => !requirement.EnumerateObject().Any()); // no key is needed
        Assert.Equal(
            ["202", "400", "413", "415", "422", "429", "503"],
            register.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
    }

    private static string WithoutConstraints(string pattern) => Regex.Replace(pattern.Trim('/'), ":[^}]+", "", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A_wrong_method_is_a_405()
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync("/register");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
