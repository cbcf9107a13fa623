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
}
