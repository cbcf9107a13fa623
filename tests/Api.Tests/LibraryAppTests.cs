using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Api.Tests;

/// <summary>An application of somebody else, which has the library's rooms and nothing of the example.</summary>
public sealed class LibraryAppTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _key = ApiKeys.New();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddMassTransit(x =>
        {
            x.AddOutbox(o => o.UseSqlite(_folder.File("library.db")));
            x.UsingInMemory();
        });
        builder.Services.AddOutboxApi();
        builder.Services.Configure<AccessOptions>(access => access.Keys.Add(new AccessKey { Name = "rita", Role = "read", Hash = ApiKeys.Hash(_key) }));
        _app = builder.Build();
        await _app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        _app.UseOutboxApi();
        _app.MapOutbox();
        var own = _app.MapOutboxGroup();
        own.MapPost("/things", (IBackgroundTasks tasks) => TypedResults.Ok(tasks.Add(new ThingMade("a")).Id));
        own.MapPost("/wrong", (IBackgroundTasks tasks) => TypedResults.Conflict(tasks.Add(new ThingMade("b")).Id));
        await _app.StartAsync();
        _client = _app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/tasks")]
    [InlineData("/tasks/types")]
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
        _client.DefaultRequestHeaders.Add("X-Api-Key", _key);

        var page = await _client.GetFromJsonAsync<JsonElement>("/tasks", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (made.StatusCode, wrong.StatusCode));
        var task = Assert.Single(page.GetProperty("items").EnumerateArray().ToList());
        Assert.Equal(
            (await made.Content.ReadFromJsonAsync<Guid>(TestContext.Current.CancellationToken), nameof(ThingMade)),
            (task.GetProperty("id").GetGuid(), task.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task ReadKeyMayNotOperate()
    {
        _client.DefaultRequestHeaders.Add("X-Api-Key", _key);

        using var response = await _client.PostAsync("/dead-letters/drop?queue=a", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    internal sealed record ThingMade(string Name);
}
