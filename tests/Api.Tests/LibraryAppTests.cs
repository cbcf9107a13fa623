using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Messaging.Api.Tests;

/// <summary>An application of somebody else, which has the library's rooms and nothing of the example.</summary>
public sealed class LibraryAppTests : IAsyncLifetime
{
    private LibraryApp _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await LibraryApp.StartAsync(app =>
        {
            var own = app.MapOutboxGroup().LimitsAnonymous(RateLimitPolicies.Accounts);
            own.MapPost("/things", (IBackgroundTasks tasks) => TypedResults.Ok(tasks.Add(new ThingMade("a")).Id));
            own.MapPost("/orders", (Order order) => order.Name);
            own.MapPost("/wrong", (IBackgroundTasks tasks) => TypedResults.Conflict(tasks.Add(new ThingMade("b")).Id));
        });
        _client = _app.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/tasks")]
    [InlineData("/task-types")]
    [InlineData("/tasks/events")]
    [InlineData("/dead-letters")]
    [InlineData("/queues")]
    [InlineData("/schedules")]
    [InlineData("/audit")]
    public async Task RoutesAreClosedWithoutKey(string path)
    {
        using var response = await _client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task OwnRouteCommitsItsTaskAndTheListShowsIt()
    {
        using var made = await _client.PostAsync("/things", null, TestContext.Current.CancellationToken);
        using var wrong = await _client.PostAsync("/wrong", null, TestContext.Current.CancellationToken);
        _client.DefaultRequestHeaders.Add("X-Api-Key", _app.ReadKey);

        var page = await _client.GetFromJsonAsync<JsonElement>("/tasks", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (made.StatusCode, wrong.StatusCode));
        var task = Assert.Single(page.GetProperty("items").EnumerateArray().ToList());
        Assert.Equal(
            (await made.Content.ReadFromJsonAsync<Guid>(TestContext.Current.CancellationToken), nameof(ThingMade)),
            (task.GetProperty("id").GetGuid(), task.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task LocationOfScheduleHasPathBase()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapOutboxGroup().MapPost("/plans", () => TypedResults.Created("/schedules/a")).LimitsAnonymous(RateLimitPolicies.Accounts),
            before: UnderShop);
        using var client = app.CreateClient();

        using var made = await client.PostAsync("/plans", null, TestContext.Current.CancellationToken);

        Assert.Equal("/shop/schedules/a", made.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task LocationOfTaskHasPathBase()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapOutboxGroup().MapPost("/things", (IBackgroundTasks tasks) => TaskAccepted.At(tasks.Add(new ThingMade("a")).Id)).LimitsAnonymous(RateLimitPolicies.Accounts),
            before: UnderShop);
        using var client = app.CreateClient();

        using var made = await client.PostAsync("/things", null, TestContext.Current.CancellationToken);

        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("taskId").GetGuid();
        Assert.Equal($"/shop/tasks/{id}", made.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/ops")]
    [InlineData("ops")]
    public async Task LocationOfTaskHasPrefixOfTheControlApi(string prefix)
    {
        await using var app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.MapOutboxGroup().MapPost("/things", (IBackgroundTasks tasks) => TaskAccepted.At(tasks.Add(new ThingMade("a")).Id)).LimitsAnonymous(RateLimitPolicies.Accounts);
                routes.MapPost("/tasks", () => TypedResults.Created("/tasks/7"));
            },
            prefix: prefix);
        using var client = app.CreateClient();

        using var made = await client.PostAsync("/things", null, TestContext.Current.CancellationToken);
        using var task = await client.GetAsync(made.Headers.Location, TestContext.Current.CancellationToken);
        using var own = await client.PostAsync("/tasks", null, TestContext.Current.CancellationToken);

        Assert.StartsWith("/ops/tasks/", made.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "/tasks/7"), (task.StatusCode, own.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task ReadKeyMayNotOperate()
    {
        _client.DefaultRequestHeaders.Add("X-Api-Key", _app.ReadKey);

        using var response = await _client.PostAsync("/dead-letters/drop?queue=a", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task PublicRequestIsValidated()
    {
        using var response = await _client.PostAsJsonAsync("/orders", new { }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            "'name' is required.",
            (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("detail").GetString());
    }

    private static void UnderShop(WebApplication app) => app.Use((http, next) =>
    {
        http.Request.PathBase = "/shop";
        return next(http);
    });

    public sealed record Order([Required] string Name);

    internal sealed record ThingMade(string Name);
}
