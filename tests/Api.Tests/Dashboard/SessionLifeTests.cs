using System.Net;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>Replicas behind a balancer: a session is one of the service, not of a process.</summary>
public sealed class SessionLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ShiftedTime _time = new();
    private readonly string _key = ApiKeys.New();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SessionWorksAndEndsInEachReplica()
    {
        await using var one = await StartAsync(("ann", _key));
        await using var two = await StartAsync(("ann", _key));
        using var browser = new Browser(one.CreateClient());
        using var other = new Browser(two.CreateClient());
        await browser.SignInAsync(_key);
        other.Cookie = browser.Cookie;

        Assert.Equal(HttpStatusCode.OK, await ReadAsync(other));
        using var end = await other.ChangeAsync(HttpMethod.Delete, "/dashboard/session");

        Assert.Equal(HttpStatusCode.NoContent, end.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await ReadAsync(other));
        await Eventually.True(async () => await ReadAsync(browser) == HttpStatusCode.Unauthorized, "it has ended where it was started");
    }

    [Fact]
    public async Task SessionSurvivesARestart()
    {
        string cookie;
        await using (var before = await StartAsync(("ann", _key)))
        {
            using var browser = new Browser(before.CreateClient());
            await browser.SignInAsync(_key);
            cookie = browser.Cookie;
        }

        await using var after = await StartAsync(("bob", ApiKeys.New()), ("ann", _key));
        using var again = new Browser(after.CreateClient()) { Cookie = cookie };

        Assert.Equal(HttpStatusCode.OK, await ReadAsync(again));
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced")]
    public async Task SessionEndsWithItsKey(string change)
    {
        await using var before = await StartAsync(("ann", _key), ("bob", ApiKeys.New()));
        using var browser = new Browser(before.CreateClient());
        await browser.SignInAsync(_key);

        await using var after = await StartAsync(change == "removed" ? ("bob", ApiKeys.New()) : ("ann", ApiKeys.New()));
        using var again = new Browser(after.CreateClient()) { Cookie = browser.Cookie };

        Assert.Equal(HttpStatusCode.Unauthorized, await ReadAsync(again));
    }

    [Fact]
    public async Task SessionExpiresWhetherItIsUsedOrNot()
    {
        await using var app = await StartAsync(("ann", _key));
        using var browser = new Browser(app.CreateClient());
        await browser.SignInAsync(_key);

        _time.Shift = TimeSpan.FromHours(11.9);
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(browser));
        _time.Shift = TimeSpan.FromHours(12.1);
        Assert.Equal(HttpStatusCode.Unauthorized, await ReadAsync(browser));
    }

    [Fact]
    public async Task OldestSessionsOfAKeyMakeRoom()
    {
        await using var app = await StartAsync(("ann", _key));
        using var first = new Browser(app.CreateClient());
        await first.SignInAsync(_key);
        for (var i = 0; i < 100; i++)
        {
            using var further = new Browser(app.CreateClient());
            _time.Shift += TimeSpan.FromSeconds(1);
            await further.SignInAsync(_key);
            if (i == 98)
            {
                Assert.Equal(HttpStatusCode.OK, await ReadAsync(first));
            }
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await ReadAsync(first));
    }

    private static async Task<HttpStatusCode> ReadAsync(Browser browser)
    {
        using var response = await browser.GetAsync("/dashboard/session", Browser.SameOrigin);
        return response.StatusCode;
    }

    private Task<LibraryApp> StartAsync(params (string Name, string Key)[] keys) => LibraryApp.StartAsync(
        app => app.MapOutboxDashboard(),
        services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.Configure<RateLimitOptions>(limits => limits.Accounts.Burst = 1_000);
            services.PostConfigure<AccessOptions>(access =>
                access.Keys = [.. keys.Select(key => new AccessKey { Name = key.Name, Role = "operate", Hash = ApiKeys.Hash(key.Key) })]);
        },
        database: _folder.File("shared.db"));
}
