using System.Net;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Hosting;

/// <summary>Every route of the group says who may call it.</summary>
public sealed class OpenRouteTests
{
    [Fact]
    public async Task A_route_open_to_anybody_without_a_limit_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<OutboxConfigurationException>(async () => await LibraryApp.StartAsync(app =>
        {
            var group = app.MapOutboxGroup();
            group.MapPost("/things", () => "");
            group.MapGet("/limited", () => "").LimitsAnonymous(RateLimitPolicies.Reads);
        }));

        Assert.StartsWith("POST /things: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(".RequireOperate()", exception.Message, StringComparison.Ordinal);
        Assert.Contains(".LimitsAnonymous(", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/limited", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_with_a_role_a_policy_or_a_limit_start()
    {
        await using var app = await LibraryApp.StartAsync(routes =>
        {
            var group = routes.MapOutboxGroup();
            group.MapGet("/read", () => "").RequireRead();
            group.MapGet("/operate", () => "").RequireOperate();
            group.MapGet("/own", () => "").RequireAuthorization();
            group.MapGet("/limited", () => "").LimitsAnonymous(RateLimitPolicies.Reads);
            routes.MapGet("/outside", () => "");
        });
        using var client = app.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/limited", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/outside", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/read", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("anonymous in spite of a key")]
    [InlineData("a limit that is switched off")]
    [InlineData("anonymous in spite of a fallback")]
    [InlineData("a global limit that is switched off")]
    public async Task A_protection_that_is_switched_off_is_none(string route)
    {
        var exception = await Assert.ThrowsAsync<OutboxConfigurationException>(async () => await LibraryApp.StartAsync(
            app =>
            {
                var thing = app.MapOutboxGroup().MapPost("/things", () => "");
                _ = route switch
                {
                    "anonymous in spite of a key" => thing.RequireOperate().AllowAnonymous(),
                    "a limit that is switched off" => thing.LimitsAnonymous(RateLimitPolicies.Logs).DisableRateLimiting(),
                    "anonymous in spite of a fallback" => thing.AllowAnonymous(),
                    _ => thing.DisableRateLimiting(),
                };
            },
            route switch
            {
                "anonymous in spite of a fallback" => Fallback,
                "a global limit that is switched off" => GlobalLimit,
                _ => null,
            }));

        Assert.StartsWith("POST /things: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_policy_closes_routes_that_say_nothing()
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxGroup().MapGet("/things", () => ""), Fallback);
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/things", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_global_limit_of_the_application_limits_all_routes()
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxGroup().MapGet("/things", () => ""), GlobalLimit);
        using var client = app.CreateClient();

        using var first = await client.GetAsync("/things", TestContext.Current.CancellationToken);
        using var second = await client.GetAsync("/things", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
    }

    private static void Fallback(IServiceCollection services) => services.AddAuthorizationBuilder()
        .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

    private static void GlobalLimit(IServiceCollection services) => services.AddRateLimiter(limiter =>
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ => RateLimitPartition.GetFixedWindowLimiter(
            "all", _ => new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromHours(1) })));

    [Fact]
    public async Task A_large_response_is_sent_to_so_many_at_once()
    {
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await LibraryApp.StartAsync(routes => routes.MapGet("/large", async (HttpResponse response) =>
        {
            started.TrySetResult();
            await goOn.Task;
            await response.WriteAsync("large");
        }).LimitsConcurrency(1));
        using var client = app.CreateClient();

        var first = client.GetAsync("/large", TestContext.Current.CancellationToken);
        await started.Task;
        using var second = await client.GetAsync("/large", TestContext.Current.CancellationToken);
        goOn.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10)), (second.StatusCode, second.Headers.RetryAfter?.Delta));
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        await Eventually.True(async () => (await client.GetAsync("/large", TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.OK, "the turn is free again");
    }
}
