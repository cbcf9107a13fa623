using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Tests.Profiles;

/// <summary><c>/users</c>: what is shown of users, what is changed, and what is refused.</summary>
public sealed class ProfileTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(
        ("Profiles:CacheLifetime", "01:00:00"), ("Endpoints:Default:Retry:FirstDelay", "00:00:00.1"));

    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_user_is_found_by_their_address_which_is_not_shown()
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/register?email=ann@example.org&displayName=Ann"));

        var list = await _client.GetFromJsonAsync<JsonElement>("/users?email=Ann@Example.org");
        var ann = Assert.Single(list.GetProperty("items").EnumerateArray());
        var profile = await _client.GetFromJsonAsync<JsonElement>($"/users/{ann.GetProperty("id").GetGuid()}");

        Assert.Equal(["id", "displayName", "registeredAt", "welcomedAt"], profile.EnumerateObject().Select(p => p.Name));
        Assert.Equal(profile.ToString(), ann.ToString());
        Assert.Equal("Ann", profile.GetProperty("displayName").GetString());
        Assert.Equal(JsonValueKind.String, profile.GetProperty("welcomedAt").ValueKind);
        Assert.Empty((await _client.GetFromJsonAsync<JsonElement>("/users?email=eve@example.org")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Users_are_listed_newest_first_a_page_at_a_time()
    {
        for (var i = 0; i < 5; i++)
        {
            await _api.AddUserAsync($"user{i}", Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(i)));
        }

        var (names, after) = (new List<string?>(), "");
        do
        {
            var page = await _client.GetFromJsonAsync<JsonElement>($"/users?limit=2{after}");
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(u => u.GetProperty("displayName").GetString()));
            after = page.GetProperty("next") is { ValueKind: JsonValueKind.String } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        Assert.Equal(["user4", "user3", "user2", "user1", "user0"], names);
    }

    [Fact]
    public async Task A_change_is_answered_seen_at_once_and_published()
    {
        var id = await _api.AddUserAsync("before");
        Assert.Equal("before", await NameAsync(id));

        using var response = await PatchAsync(id, """{"displayName":" after "}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var changed = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("after", changed.GetProperty("displayName").GetString());
        Assert.Equal("after", await NameAsync(id));
        await Eventually.True(async () => await _api.CountAsync("inbox") > 0 && await _api.CountAsync("outbox") == 0, "all have been told");

        using var cleared = await PatchAsync(id, """{"displayName":null}""");

        Assert.Equal(JsonValueKind.Null, (await cleared.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("displayName").ValueKind);
        Assert.Null(await NameAsync(id));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"displayName":"Ann"}""")]
    public async Task A_change_without_a_difference_enqueues_nothing(string body)
    {
        var id = await _api.AddUserAsync("Ann");

        using var response = await PatchAsync(id, body);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Ann", answer.GetProperty("displayName").GetString());
        Assert.Equal((0, 0), (await _api.CountAsync("outbox"), await _api.CountAsync("inbox")));
    }

    [Fact]
    public async Task A_reader_may_look_and_only_an_operator_may_change()
    {
        var (reader, operate) = (ApiKeys.New(), ApiKeys.New());
        await using var api = new StandaloneApi(
            ("Access:Keys:0:Name", "rita"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(reader)),
            ("Access:Keys:1:Name", "otto"), ("Access:Keys:1:Role", "operate"), ("Access:Keys:1:Hash", ApiKeys.Hash(operate)));
        using var client = api.CreateClient();
        var id = await api.AddUserAsync("Ann");

        foreach (var (key, list, get, patch) in new[]
        {
            ("", HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (reader, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            (operate, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK),
        })
        {
            client.DefaultRequestHeaders.Authorization = key.Length == 0 ? null : new("Bearer", key);
            using var users = await client.GetAsync("/users");
            using var user = await client.GetAsync($"/users/{id}");
            using var change = await client.PatchAsync($"/users/{id}", new StringContent("""{"displayName":"Eve"}""", Encoding.UTF8, "application/json"));
            Assert.Equal((list, get, patch), (users.StatusCode, user.StatusCode, change.StatusCode));
        }

        Assert.Equal(1, await api.CountAsync("users WHERE display_name = 'Eve'"));
    }

    private async Task<string?> NameAsync(Guid id) =>
        (await _client.GetFromJsonAsync<JsonElement>($"/users/{id}")).GetProperty("displayName").GetString();

    private Task<HttpResponseMessage> PatchAsync(Guid id, string body) =>
        _client.PatchAsync($"/users/{id}", new StringContent(body, Encoding.UTF8, "application/json"));
}
