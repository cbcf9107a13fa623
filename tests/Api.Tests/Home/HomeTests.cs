using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Home;

/// <summary><c>GET /</c>.</summary>
public sealed class HomeTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json, text/html;q=0.9", "application/json")]
    [InlineData("text/html", "text/html")]
    [InlineData(Browser, "text/html")]
    public async Task The_answer_has_the_type_that_the_caller_accepts(string accept, string type)
    {
        using var client = shared.Api.CreateClient();

        using var response = await GetAsync(client, accept);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Messaging", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["default-src 'none'; frame-ancestors 'none'"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["Accept"], response.Headers.Vary);
    }

    [Fact]
    public async Task An_anonymous_caller_of_a_trial_sees_the_open_routes()
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient();

        Assert.Equal(["/health/ready", "/dashboard", "/example", "/scalar", "/openapi/v1.json"], await LinksAsync(client));
        using var page = await GetAsync(client, Browser);
        Assert.Contains("""<a href="/scalar">""", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_with_a_key_sees_the_routes_it_opens()
    {
        using var client = shared.Api.CreateClient();

        var links = await LinksAsync(client);

        Assert.All((string[])["/tasks", "/queues", "/schedules", "/audit", "/logs"], link => Assert.Contains(link, links));
        await client.HealthAsync();
        foreach (var link in links.Where(link => link != "/health/ready"))
        {
            using var response = await client.GetAsync(link);
            Assert.True(response.IsSuccessStatusCode, $"{link}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task An_anonymous_caller_of_a_deployed_service_sees_only_its_name()
    {
        await using var route = await RouteOfATest.StartAsync(_ => { });
        using var client = route.CreateClient();

        Assert.Empty(await LinksAsync(client));
        using var page = await GetAsync(client, Browser);
        Assert.DoesNotContain("href", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_that_is_closed_is_not_named()
    {
        await using var api = new StandaloneApi(("Reference:Access", "Off"));
        using var client = api.CreateClient();

        Assert.DoesNotContain("/scalar", await LinksAsync(client));
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }

    private static async Task<string[]> LinksAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/")).GetProperty("links").EnumerateArray().Select(l => l.GetString()!)];
}
