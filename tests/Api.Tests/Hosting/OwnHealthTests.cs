using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Api.Tests.Hosting;

/// <summary>An application that has health checks, or a login for all its routes, before the library comes.</summary>
public sealed class OwnHealthTests
{
    [Fact]
    public async Task Checks_of_the_application_may_have_common_names()
    {
        await using var app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.MapOutboxHealth(needsBus: false);
                routes.MapHealthChecks("/healthz");
            },
            services =>
            {
                services.AddOutboxHealth();
                foreach (var name in (string[])["database", "storage", "clock", "stopping"])
                {
                    services.AddHealthChecks().AddCheck(name, () => HealthCheckResult.Healthy());
                }
            });
        using var client = app.CreateClient();

        var ready = await client.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken);

        Assert.Equal(["clock", "database", "stopping", "storage"], ready.GetProperty("checks").EnumerateObject().Select(check => check.Name).Order(StringComparer.Ordinal));
        Assert.Equal("Healthy", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_probe_needs_no_login_of_the_application()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapOutboxHealth(needsBus: false),
            services =>
            {
                services.AddOutboxHealth();
                services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            });
        using var client = app.CreateClient();

        using var live = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
        using var ready = await client.GetAsync("/health/ready", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
    }

    [Fact]
    public async Task A_group_that_asks_for_a_login_is_asked_for_it()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapGroup("/internal").RequireAuthorization().MapOutboxHealth(needsBus: false), services => services.AddOutboxHealth());
        using var client = app.CreateClient();

        using var live = await client.GetAsync("/internal/health/live", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, live.StatusCode);
    }

    [Fact]
    public async Task A_worker_asks_for_its_bus_whatever_the_name_of_the_check()
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxHealth(needsBus: true), services => services.AddOutboxHealth());
        using var client = app.CreateClient();

        var ready = await client.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken);

        Assert.Contains(ready.GetProperty("checks").EnumerateObject(), check => check.Name == "masstransit-bus");
    }

    [Fact]
    public async Task A_probe_is_in_no_cache_of_the_application()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapOutboxHealth(needsBus: false),
            services =>
            {
                services.AddOutboxHealth();
                services.AddOutputCache(options => options.AddBasePolicy(cache => cache.Cache()));
            },
            before: pipeline => pipeline.UseOutputCache());
        using var client = app.CreateClient();

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
            Assert.Null(response.Headers.Age); // what a cache answers has one
        }
    }
}
