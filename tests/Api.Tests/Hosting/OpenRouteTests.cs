using System.Net;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

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
