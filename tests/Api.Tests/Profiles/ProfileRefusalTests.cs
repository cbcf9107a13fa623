using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Profiles;

/// <summary>What <c>/users</c> refuses.</summary>
public sealed class ProfileRefusalTests(SharedApi shared) : IClassFixture<SharedApi>, IDisposable
{
    private readonly StandaloneApi _api = shared.Api;
    private readonly HttpClient _client = shared.Api.CreateClient();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("after=5", "after")]
    [InlineData("email=ann", "email")]
    [InlineData("email=", "email")]
    [InlineData("name=Ann", "name")]
    public async Task A_wrong_parameter_of_the_list_is_named(string query, string field)
    {
        using var response = await _client.GetAsync($"/users?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Theory]
    [InlineData("""{"displayName":""}""", "displayName")]
    [InlineData("""{"displayName":"   "}""", "displayName")]
    [InlineData("""{"displayName":5}""", "displayName")]
    [InlineData("""{"displayName":["Ann"]}""", "displayName")]
    [InlineData("""{"displayName":"a\nb"}""", "displayName")]
    [InlineData("""{"displayName":"a\u0000b"}""", "displayName")]
    [InlineData("""{"email":"eve@example.org"}""", "email")]
    [InlineData("""{"displayName":"Eve","welcomedAt":null}""", "welcomedAt")]
    public async Task A_wrong_field_is_named_and_nothing_is_changed(string body, string field)
    {
        var id = await _api.AddUserAsync("Ann");

        using var response = await PatchAsync(id, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal("Ann", await NameAsync(id));
        Assert.Equal((0, 0), (await _api.CountAsync("outbox"), await _api.CountAsync("inbox")));
    }

    [Fact]
    public async Task A_body_that_is_not_a_change_is_refused()
    {
        var id = await _api.AddUserAsync("Ann");

        foreach (var (body, type, status) in new[]
        {
            ("[]", "application/json", HttpStatusCode.BadRequest),
            ("{", "application/json", HttpStatusCode.BadRequest),
            ("", "application/json", HttpStatusCode.BadRequest),
            ("displayName=Eve", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType),
            ($$"""{"displayName":"{{new string('n', 101)}}"}""", "application/json", HttpStatusCode.BadRequest),
            ($$"""{"displayName":"{{new string('n', 70_000)}}"}""", "application/json", HttpStatusCode.RequestEntityTooLarge),
        })
        {
            using var response = await _client.PatchAsync($"/users/{id}", new StringContent(body, Encoding.UTF8, type));
            Assert.Equal(status, response.StatusCode);
        }

        Assert.Equal("Ann", await NameAsync(id));
    }

    [Fact]
    public async Task An_unknown_user_is_a_404()
    {
        foreach (var id in new[] { $"{Guid.CreateVersion7()}", "5" })
        {
            using var get = await _client.GetAsync($"/users/{id}");
            using var patch = await _client.PatchAsync($"/users/{id}", new StringContent("""{"displayName":"Ann"}""", Encoding.UTF8, "application/json"));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (get.StatusCode, patch.StatusCode));
        }

        Assert.Equal((0, 0), (await _api.CountAsync("outbox"), await _api.CountAsync("inbox")));
    }

    private async Task<string?> NameAsync(Guid id) =>
        (await _client.GetFromJsonAsync<JsonElement>($"/users/{id}")).GetProperty("displayName").GetString();

    private Task<HttpResponseMessage> PatchAsync(Guid id, string body) =>
        _client.PatchAsync($"/users/{id}", new StringContent(body, Encoding.UTF8, "application/json"));
}
