using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Dashboard.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>Who is signed in, and who is not.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task WrongKeyIsRefusedAndIsInNoLog()
    {
        var (logs, time) = (new LogCapture(), new ShiftedTime());
        await using var app = await LibraryApp.StartAsync(
            app => app.MapOutboxDashboard(),
            services => services.AddLogging(logging => logging.AddProvider(logs)).AddSingleton<TimeProvider>(time));
        time.Waits.Clear();
        using var browser = new Browser(app.CreateClient());
        var wrong = ApiKeys.New();

        using var response = await browser.TrySignInAsync(new { key = wrong });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Contains(SignInDesk.WrongKeyTakes, time.Waits);
        Assert.Contains(logs.Lines, entry => entry.Contains("tried to sign in", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, entry => entry.Contains(wrong, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutConfiguredKeysTheRefusalSaysHowToMakeOne()
    {
        await using var app = await RouteOfATest.StartAsync(_ => { });
        using var browser = new Browser(app.CreateClient());

        using var response = await browser.TrySignInAsync(new { key = ApiKeys.New() });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("No access key is configured", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "key")]
    [InlineData("""{ "key": "" }""", "key")]
    [InlineData("""{ "key": "a", "code": "b" }""", "key")]
    [InlineData("""{ "key": 1 }""", "key")]
    [InlineData("""{ "password": "a" }""", "")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    public async Task BodyWithoutOneKeyIsABadRequest(string body, string field)
    {
        await using var app = await LibraryApp.StartAsync(app => app.MapOutboxDashboard());
        using var browser = new Browser(app.CreateClient());

        using var response = await browser.SendAsync(HttpMethod.Post, "/dashboard/session", Browser.Json(body), Browser.SameOrigin);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignInsOfACallerAreLimited()
    {
        await using var api = new StandaloneApi(("RateLimits:Accounts:Burst", "2"), ("RateLimits:Accounts:PerMinute", "1")) { IsAnonymous = true };
        using var browser = new Browser(api.CreateClient());
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await browser.TrySignInAsync(new { key = "msg_wrong" });
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], statuses);
    }

    /// <summary>Each writes a session and an audit entry, so that a key is no way around the limit.</summary>
    [Fact]
    public async Task SignInsOfACallerWithAKeyAreLimitedToo()
    {
        await using var api = new StandaloneApi(("RateLimits:Accounts:Burst", "2"), ("RateLimits:Accounts:PerMinute", "1"));
        using var client = api.CreateClient();
        using var browser = new Browser(client);
        var key = Assert.Single(client.DefaultRequestHeaders.GetValues("X-Api-Key"));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await browser.TrySignInAsync(new { key });
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.TooManyRequests], statuses);
        using var read = await browser.GetAsync("/tasks");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    /// <summary>A page whose own name leads to this machine is of the same origin, as its browser sees it.</summary>
    [Theory]
    [InlineData("http://localhost:8080", HttpStatusCode.NoContent)]
    [InlineData("http://127.0.0.1:8080", HttpStatusCode.NoContent)]
    [InlineData("http://[::1]:8080", HttpStatusCode.NoContent)]
    [InlineData("http://rebound.evil.example:8080", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost.evil.example:8080", HttpStatusCode.Forbidden)]
    public async Task StandaloneSignsInUnderNamesOfThisMachine(string url, HttpStatusCode status)
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient(new() { HandleCookies = false, BaseAddress = new Uri(url) });
        using var browser = new Browser(client);

        using var response = await browser.TrySignInAsync(new { key = (await File.ReadAllTextAsync(api.OperatorKeyFile, TestContext.Current.CancellationToken)).Trim() }, ("Origin", url));

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task HostsOfTheSettingsMaySignIn()
    {
        await using var api = new StandaloneApi(("Dashboard:Hosts:0", "ops.example.org")) { IsAnonymous = true };
        using var browser = new Browser(api.CreateClient(new() { HandleCookies = false, BaseAddress = new Uri("https://ops.example.org") }));

        await browser.SignInAsync((await File.ReadAllTextAsync(api.OperatorKeyFile, TestContext.Current.CancellationToken)).Trim());

        Assert.StartsWith("__Host-outbox=", browser.Cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsSayWhereTheControlApiIs()
    {
        await using var app = await LibraryApp.StartAsync(
            app => app.MapGroup("/ops").MapOutboxDashboard(options => options.TraceUrl = "https://traces.example.org/{traceId}"),
            before: app => app.Use((http, next) =>
            {
                http.Request.PathBase = "/base";
                return next(http);
            }));
        using var client = app.CreateClient(app.ReadKey);

        var settings = await client.GetFromJsonAsync<JsonElement>("/ops/dashboard/settings", TestContext.Current.CancellationToken);

        Assert.Equal("/base", settings.GetProperty("api").GetString());
        Assert.Equal("https://traces.example.org/{traceId}", settings.GetProperty("traceUrl").GetString());
        Assert.NotEqual(JsonValueKind.Null, settings.GetProperty("version").ValueKind);
    }
}
