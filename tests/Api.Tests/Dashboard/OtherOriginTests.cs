using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Api.Tests.Access;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>What a page of another origin makes a browser send does nothing, although the cookie is with it.</summary>
public sealed class OtherOriginTests(TwoKeysApi shared) : IClassFixture<TwoKeysApi>, IAsyncLifetime
{
    private readonly Browser _browser = new(shared.Api.CreateClient(new() { HandleCookies = false }));

    public async ValueTask InitializeAsync() => await _browser.SignInAsync(TwoKeysApi.Operator);

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> From => new()
    {
        { "Sec-Fetch-Site", "cross-site" },
        { "Sec-Fetch-Site", "same-site" }, // another port or subdomain
        { "Sec-Fetch-Site", "none" },
        { "Sec-Fetch-Site", "same-origin, same-origin" },
        { "Sec-Fetch-Site", "" },
        { "Origin", "null" },
        { "Origin", "http://evil.example" },
        { "Origin", "http://localhost:8081" },
        { "Origin", "http://localhost.evil.example" },
        { "Origin", "http://evil.example@localhost:1" },
        { "Origin", "file://localhost" },
        { "Origin", "" },
        { "X-Requested-With", "XMLHttpRequest" }, // neither of them
    };

    [Theory]
    [MemberData(nameof(From))]
    public async Task ChangeFromElsewhereIsRefused(string header, string value)
    {
        foreach (var (method, path) in new[] { ("POST", "/queues/log-requested/pause"), ("PATCH", "/queues/log-requested"), ("PUT", "/schedules/x"), ("DELETE", "/schedules/x"), ("DELETE", "/dashboard/session") })
        {
            using var response = await _browser.SendAsync(new HttpMethod(method), path, Browser.Json("{}"), (header, value));

            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {response.StatusCode}");
            Assert.Contains("session", await DetailAsync(response), StringComparison.Ordinal);
        }

        Assert.Equal(0L, await shared.Api.ExecuteAsync("SELECT count(*) FROM audit WHERE target = 'log-requested'"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/json")]
    [InlineData("application/jsonx")]
    [InlineData("")]
    public async Task ChangeThatIsNotJsonIsRefused(string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await _browser.SendAsync(HttpMethod.Post, "/queues/export-requested/pause", content, Browser.SameOrigin);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("application/json", await DetailAsync(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "https://LOCALHOST")] // a proxy ends TLS
    public async Task ChangeFromOurOwnPageIsDone(string header, string value)
    {
        await _browser.SignInAsync(TwoKeysApi.Operator, (header, value)); // from there, too: a cookie of http counts for nothing over https
        await shared.Api.QueueIsKnownAsync("upload-received");

        using var response = await _browser.SendAsync(HttpMethod.Post, "/queues/upload-received/pause", Browser.Json(), (header, value));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task HeaderDoesNotMakeAChangeARead()
    {
        using var response = await _browser.SendAsync(
            HttpMethod.Post, "/queues/uploads-sweep-due/pause", Browser.Json(), ("X-HTTP-Method-Override", "GET"), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("/tasks", "Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("/tasks/events", "Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("/audit", "Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("/audit", "Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("/tasks", "Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("/tasks", "Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    [InlineData("/tasks", "Origin", "http://localhost", HttpStatusCode.OK)]
    [InlineData("/tasks", "Accept", "*/*", HttpStatusCode.OK)]
    public async Task OnlyOurOwnPagesReadWithASession(string path, string header, string value, HttpStatusCode status)
    {
        using var response = await _browser.GetAsync(path, (header, value));

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task OpenRouteTakesCallersFromElsewhereForAnybody()
    {
        using var from = await _browser.GetAsync("/", ("Sec-Fetch-Site", "cross-site"), ("Accept", "application/json"));
        using var own = await _browser.GetAsync("/", Browser.SameOrigin, ("Accept", "application/json"));

        Assert.DoesNotContain("/audit", await from.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("/audit", await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(From))]
    public async Task NobodyIsSignedInFromElsewhere(string header, string value)
    {
        using var response = await _browser.TrySignInAsync(new { key = TwoKeysApi.Reader }, (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("detail").GetString()!;
}
