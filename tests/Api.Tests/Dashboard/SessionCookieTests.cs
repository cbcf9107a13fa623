using System.Net;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>The name and the reach of the cookie, by how the browser comes here.</summary>
public sealed class SessionCookieTests
{
    [Theory]
    [InlineData("http://localhost", "", "http://localhost", "outbox", "path=/", false)]
    [InlineData("http://localhost:8080", "", "http://localhost:8080", "outbox-8080", "path=/", false)]
    [InlineData("https://ops.example.org", "", "https://ops.example.org", "__Host-outbox", "path=/", true)]
    [InlineData("https://ops.example.org:8443", "", "https://ops.example.org:8443", "__Host-outbox-8443", "path=/", true)]
    [InlineData("https://ops.example.org", "/a b", "https://ops.example.org", "__Secure-outbox", "path=/a%20b", true)]
    [InlineData("http://ops.example.org", "", "https://ops.example.org", "__Host-outbox", "path=/", true)] // a proxy ends TLS
    [InlineData("http://inner:8080", "", "https://ops.example.org", "__Host-outbox-8080", "path=/", true)] // and has another name for us
    public async Task CookieFitsTheAddress(string url, string pathBase, string origin, string name, string path, bool isSecure)
    {
        await using var app = await StartAsync(pathBase);
        using var browser = NewBrowser(app, url);

        await browser.SignInAsync(app.OperateKey, Browser.SameOrigin, ("Origin", origin));
        using var read = await browser.GetAsync("/tasks", Browser.SameOrigin);
        using var end = await browser.ChangeAsync(HttpMethod.Delete, "/dashboard/session");

        Assert.StartsWith($"{name}=", browser.SetCookie, StringComparison.Ordinal);
        Assert.Contains($"; {path};", browser.SetCookie, StringComparison.Ordinal);
        Assert.Equal(isSecure, browser.SetCookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (read.StatusCode, end.StatusCode));
    }

    /// <summary>A subdomain, or who is on the way of an unencrypted request, can set a cookie for this host, but none with the prefix.</summary>
    [Fact]
    public async Task CookieOfANeighbourDoesNotCountOverHttps()
    {
        await using var app = await StartAsync("");
        using var browser = NewBrowser(app, "https://ops.example.org");
        await browser.SignInAsync(app.OperateKey);
        browser.Cookie = browser.Cookie.Replace("__Host-", "", StringComparison.Ordinal);

        using var response = await browser.GetAsync("/tasks", Browser.SameOrigin);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task CookieOfANeighbourDoesNotCountBehindATrustedProxy()
    {
        await using var app = await LibraryApp.StartAsync(
            app => app.MapOutboxDashboard(), services => services.Configure<ApiOptions>(api => api.TrustedProxies.Add("10.0.0.1")));
        using var browser = NewBrowser(app, "http://ops.example.org");
        await browser.SignInAsync(app.OperateKey);

        using var plain = await browser.GetAsync("/tasks", Browser.SameOrigin);
        using var ended = await browser.GetAsync("/tasks", Browser.SameOrigin, ("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-Proto", "https"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (plain.StatusCode, ended.StatusCode));
    }

    /// <summary>Of an unknown proxy nobody knows that it ends TLS, but a browser says so with each change.</summary>
    [Fact]
    public async Task ChangeFromAPageOverHttpsNeedsThePrefix()
    {
        await using var app = await StartAsync("");
        using var browser = NewBrowser(app, "http://ops.example.org");
        await browser.SignInAsync(app.OperateKey);

        using var change = await browser.SendAsync(
            HttpMethod.Post, "/queues/none/pause", Browser.Json(), Browser.SameOrigin, ("Origin", "https://ops.example.org"));

        Assert.Equal(HttpStatusCode.Unauthorized, change.StatusCode);
    }

    /// <summary>A subdomain that is served over https can set this one, and no other.</summary>
    [Fact]
    public async Task PrefixThatANeighbourCanSetCountsWithAPathBaseAlone()
    {
        await using var app = await StartAsync("");
        using var browser = NewBrowser(app, "https://ops.example.org");
        await browser.SignInAsync(app.OperateKey);
        browser.Cookie = browser.Cookie.Replace("__Host-", "__Secure-", StringComparison.Ordinal);

        using var response = await browser.GetAsync("/tasks", Browser.SameOrigin);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task OwnCookieComesBeforeThatOfANeighbour()
    {
        await using var app = await StartAsync("");
        using var browser = NewBrowser(app, "http://ops.example.org");
        await browser.SignInAsync(app.ReadKey, Browser.SameOrigin, ("Origin", "https://ops.example.org"));
        var own = browser.Cookie;
        await browser.SignInAsync(app.OperateKey);
        browser.Cookie = $"{browser.Cookie}; {own}";
        await browser.SignInAsync(app.ReadKey, Browser.SameOrigin, ("Origin", "https://ops.example.org"));
        var neighbours = NewBrowser(app, "http://ops.example.org");
        await neighbours.SignInAsync(app.OperateKey);
        browser.Cookie = $"{neighbours.Cookie}; {browser.Cookie}";

        using var response = await browser.GetAsync("/dashboard/session", Browser.SameOrigin);

        Assert.Contains("rita", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        neighbours.Dispose();
    }

    private static Task<LibraryApp> StartAsync(string pathBase) => LibraryApp.StartAsync(
        app => app.MapOutboxDashboard(),
        before: app => app.Use((http, next) =>
        {
            http.Request.PathBase = pathBase;
            return next(http);
        }));

    private static Browser NewBrowser(LibraryApp app, string url)
    {
        var client = app.CreateClient();
        client.BaseAddress = new Uri(url);
        return new Browser(client);
    }
}
