using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Messaging.Api.Tests.Dashboard;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Access;

/// <summary>An application whose own users, signed in by its own cookie, operate the outbox by its own policies.</summary>
public sealed class HostPolicyTests : IAsyncLifetime
{
    private LibraryApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await LibraryApp.StartAsync(
        app =>
        {
            app.MapOutboxDashboard(options => options.Policy = "Ops");
            app.MapPost("/login", (string name, string? role, HttpContext http) => http.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(
                [new(ClaimTypes.Name, name), .. role is null ? (Claim[])[] : [new(ClaimTypes.Role, role)]], CookieAuthenticationDefaults.AuthenticationScheme))));
            app.MapGet("/me", (HttpContext http) => $"{http.User.Identity?.Name} {http.HasKey()}").RequireAuthorization();
        },
        services =>
        {
            services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
            services.AddAuthorizationBuilder()
                .AddPolicy("Ops", policy => policy.RequireRole("lead", "member"))
                .AddPolicy("Leads", policy => policy.AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme).RequireRole("lead"));
            services.Configure<AccessOptions>(access => (access.ReadPolicy, access.OperatePolicy) = ("Ops", "Leads"));
        });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData("member", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("lead", HttpStatusCode.OK, HttpStatusCode.NotFound)] // there is no such queue
    public async Task PolicyGivesTheRole(string? role, HttpStatusCode read, HttpStatusCode change)
    {
        using var browser = await SignedInAsync(role);

        using var list = await browser.GetAsync("/tasks", Browser.SameOrigin);
        using var pause = await browser.ChangeAsync(HttpMethod.Post, "/queues/x/pause");

        Assert.Equal((read, change), (list.StatusCode, pause.StatusCode));
    }

    [Fact]
    public async Task NameTellsAUserFromAKey()
    {
        using var browser = await SignedInAsync("lead");

        using var session = await browser.GetAsync("/dashboard/session");

        var view = await session.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(("user:ann@example.org", "operate"), (view.GetProperty("name").GetString(), view.GetProperty("role").GetString()));
        Assert.Equal(JsonValueKind.Null, view.GetProperty("expiresAt").ValueKind);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("X-None", "")]
    public async Task ChangeFromElsewhereIsRefused(string header, string value)
    {
        using var browser = await SignedInAsync("lead");

        using var response = await browser.SendAsync(HttpMethod.Post, "/queues/x/pause", Browser.Json(), (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task KeysWorkBesideThePolicies()
    {
        using var withKey = _app.CreateClient(_app.OperateKey);
        using var nobody = _app.CreateClient("msg_wrong");

        using var known = await withKey.PostAsync("/queues/x/pause", null, TestContext.Current.CancellationToken);
        using var unknown = await nobody.GetAsync("/tasks", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task PagesNeedThePolicyAndTheElementForUsersDoesNot()
    {
        using var stranger = _app.CreateClient();
        using var browser = await SignedInAsync("member");

        using var refused = await stranger.GetAsync("/dashboard/tasks", TestContext.Current.CancellationToken);
        using var element = await stranger.GetAsync("/dashboard/task-progress.js", TestContext.Current.CancellationToken);
        using var page = await browser.GetAsync("/dashboard/tasks");

        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode); // to the application's own login
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (element.StatusCode, page.StatusCode));
    }

    [Fact]
    public async Task PoliciesChangeNothingOnTheApplicationsOwnRoutes()
    {
        using var browser = await SignedInAsync("lead");

        using var response = await browser.GetAsync("/me");

        Assert.Equal("ann@example.org False", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PolicyThatIsNotThereStopsTheStart()
    {
        var exception = await Assert.ThrowsAsync<OutboxConfigurationException>(async () =>
            await LibraryApp.StartAsync(configure: services => services.Configure<AccessOptions>(access => access.ReadPolicy = "Nope")));

        Assert.Equal("Access:ReadPolicy: there is no policy 'Nope' of the application.", exception.Message);
    }

    private async Task<Browser> SignedInAsync(string? role)
    {
        var client = _app.CreateClient();
        using var login = await client.PostAsync($"/login?name=ann@example.org&role={role}", content: null, TestContext.Current.CancellationToken);
        return new Browser(client) { Cookie = Assert.Single(login.Headers.GetValues("Set-Cookie")).Split(';')[0] };
    }
}
