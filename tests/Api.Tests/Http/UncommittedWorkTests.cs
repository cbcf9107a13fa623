using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

/// <summary>Nobody can forget to commit: routes of the group do, and whatever else answers with a success without it fails.</summary>
public sealed class UncommittedWorkTests
{
    private const string Insert = "INSERT INTO users (id, email, display_name, registered_at) VALUES ($1, $2, 'x', $3)";

    [Fact]
    public async Task A_route_of_the_group_commits_by_itself()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapGroup("").CommitsUnitsOfWork().MapPost("/things", (IBackgroundTasks tasks) =>
            TypedResults.Ok(new { id = tasks.Add(Entry()).Id })));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/things", null);

        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/tasks/{id}")).StatusCode);
    }

    [Fact]
    public async Task A_repeated_key_of_such_a_route_has_one_effect()
    {
        var runs = 0;
        await using var api = await RouteOfATest.StartAsync(app => app.MapGroup("").CommitsUnitsOfWork().MapPost("/things", () => $"{++runs}"));
        using var client = api.CreateClient();
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        Assert.Equal("1", await (await client.PostAsync("/things", null)).Content.ReadAsStringAsync());
        Assert.Equal("1", await (await client.PostAsync("/things", null)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("sql")]
    [InlineData("task")]
    [InlineData("transaction")]
    public async Task A_route_past_the_group_that_does_not_commit_is_a_500(string what)
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapPost("/things", async (IUnitOfWork unit, IBackgroundTasks tasks) =>
        {
            await StageAsync(what, unit, tasks);
            return TypedResults.NoContent();
        }));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/things", null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(api.Logs.Exceptions, e => e.Message.StartsWith("POST /things would have answered 204", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_route_that_forgets_its_own_commit_is_a_problem()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapGroup("").CommitsUnitsOfWork().MapPost("/things", (IBackgroundTasks tasks) =>
            TypedResults.Ok(new { id = tasks.Add(Entry()).Id })).CommitsByHand());
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/things", null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("POST /things has CommitsByHand(), but", Assert.Single(api.Logs.Exceptions).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_with_a_body_does_not_leave_before_the_check()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapPost("/things", async (IUnitOfWork unit, IBackgroundTasks tasks) =>
        {
            await StageAsync("task", unit, tasks);
            return TypedResults.Accepted("/tasks/1", new { taskId = 1 });
        }));
        using var client = api.CreateClient();

        HttpStatusCode? status = null;
        try
        {
            using var response = await client.PostAsync("/things", null);
            status = response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException)
        {
            // The test server passes on what an answer fails with.
        }

        Assert.True(status is null or HttpStatusCode.InternalServerError, $"{status}");
    }

    [Fact]
    public async Task A_middleware_that_does_not_commit_is_a_500()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.Use(async (http, next) =>
        {
            if (http.Request.Path == "/middleware")
            {
                await StageAsync("sql", http.RequestServices.GetRequiredService<IUnitOfWork>(), http.RequestServices.GetRequiredService<IBackgroundTasks>());
                http.Response.StatusCode = 204;
                return;
            }

            await next(http);
        }));
        using var client = api.CreateClient();

        using var response = await client.GetAsync("/middleware");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_answer_stores_nothing_and_is_not_a_fault(bool throws)
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapGroup("").CommitsUnitsOfWork().MapPost("/things", async (IUnitOfWork unit, IBackgroundTasks tasks) =>
        {
            await StageAsync("sql", unit, tasks);
            return throws ? throw new BadHttpRequestException("no", 409) : TypedResults.Conflict();
        }));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/things", null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.DoesNotContain(api.Logs.Lines, l => l.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_that_the_handler_writes_itself_counts()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapGroup("").CommitsUnitsOfWork().MapPost("/things", async (HttpResponse response, IUnitOfWork unit, IBackgroundTasks tasks) =>
        {
            await StageAsync("sql", unit, tasks);
            response.StatusCode = 409;
        }));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/things", null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(0, await api.CountAsync("users"));
    }

    private static async Task StageAsync(string what, IUnitOfWork unit, IBackgroundTasks tasks)
    {
        switch (what)
        {
            case "sql":
                unit.Execute(Insert, Guid.CreateVersion7(), "ann@example.org", DateTimeOffset.UtcNow);
                break;
            case "task":
                tasks.Add(Entry());
                break;
            default:
                await unit.BeginAsync();
                break;
        }
    }

    private static LogRequested Entry() => new() { Level = LogSeverity.Information, Message = "a", LoggedAt = DateTimeOffset.UtcNow };
}
