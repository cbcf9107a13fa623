using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Access;

/// <summary>An application with logins of its own, whose users have roles with the same names as those of the keys.</summary>
public sealed class HostLoginTests : IAsyncLifetime
{
    private LibraryApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await LibraryApp.StartAsync(
        app =>
        {
            app.MapGet("/me", (HttpContext http) => http.User.Identity?.Name).RequireAuthorization();
            app.MapGet("/key", (HttpContext http) => $"{http.HasKey()} {http.Who()} {http.SeesAddresses()}");
            app.MapPost("/both", () => "").RequireAuthorization("host").RequireOperate();
        },
        services =>
        {
            services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, HostLogin>("Host", null);
            services.AddAuthorizationBuilder().AddPolicy("host", policy => policy.AddAuthenticationSchemes("Host").RequireAuthenticatedUser());
        });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/tasks")]
    [InlineData("POST", "/dead-letters/drop?queue=a")]
    public async Task HostsUserMayNotUseTheControlApi(string method, string path)
    {
        using var client = ClientOf("root");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task HostsRoleDoesNotAddToTheRoleOfAKey()
    {
        using var client = ClientOf("root", _app.ReadKey);

        using var response = await client.PostAsync("/both", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task HostsUserHasNoKey()
    {
        using var client = ClientOf("root");

        Assert.Equal("False anonymous False", await client.GetStringAsync("/key", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task KeyIsFoundBesideTheHostsUser()
    {
        using var client = ClientOf("root", _app.ReadKey);

        Assert.Equal("True rita False", await client.GetStringAsync("/key", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HostsSchemeStaysTheDefault()
    {
        using var withKey = _app.CreateClient(_app.OperateKey);
        using var user = ClientOf("root", _app.OperateKey);

        using var refused = await withKey.GetAsync("/me", TestContext.Current.CancellationToken);
        using var listed = await withKey.GetAsync("/tasks", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, listed.StatusCode));
        Assert.Equal("root", await user.GetStringAsync("/me", TestContext.Current.CancellationToken));
    }

    private HttpClient ClientOf(string user, string? key = null)
    {
        var client = _app.CreateClient(key);
        client.DefaultRequestHeaders.Add("X-User", user);
        return client;
    }

    private sealed class HostLogin(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"] is [{ } name]
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(
                    [new(ClaimTypes.Name, name), new(ClaimTypes.Role, "read"), new(ClaimTypes.Role, "operate")], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
