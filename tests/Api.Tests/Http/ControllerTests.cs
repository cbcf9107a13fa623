using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

/// <summary>Controllers in the group of <c>MapOutboxGroup()</c>: what they stage is committed with their answer.</summary>
public sealed class ControllerTests : IAsyncLifetime
{
    private LibraryApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await LibraryApp.StartAsync(
        routes => routes.MapOutboxGroup().MapControllers().LimitsAnonymous(RateLimitPolicies.Accounts),
        services => services.AddControllers().AddApplicationPart(typeof(ControllerTests).Assembly));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task What_a_controller_stages_is_committed_with_its_answer()
    {
        using var client = _app.CreateClient(_app.ReadKey);

        using var response = await client.PostAsync("/things-of-a-controller", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(1, await CountAsync(client));
    }

    [Fact]
    public async Task A_repeated_key_gets_the_controllers_answer_again()
    {
        using var client = _app.CreateClient(_app.ReadKey);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        using var first = await client.PostAsync("/things-of-a-controller", null, TestContext.Current.CancellationToken);
        using var second = await client.PostAsync("/things-of-a-controller", null, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        var task = (await first.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("taskId").GetGuid();
        Assert.Equal($"/tasks/{task}", first.Headers.Location?.OriginalString);
        Assert.Equal(
            await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await CountAsync(client));
    }

    [Fact]
    public async Task A_controllers_error_commits_nothing()
    {
        using var client = _app.CreateClient(_app.ReadKey);

        using var response = await client.PostAsync("/things-of-a-controller/taken", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(0, await CountAsync(client));
    }

    [Theory]
    [InlineData("forbidden", HttpStatusCode.Forbidden)]
    [InlineData("problem", HttpStatusCode.Conflict)]
    public async Task A_controllers_error_without_a_status_of_its_own_commits_nothing(string path, HttpStatusCode status)
    {
        using var client = _app.CreateClient(_app.ReadKey);

        using var response = await client.PostAsync($"/things-of-a-controller/{path}", null, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(0, await CountAsync(client));
    }

    private static async Task<int> CountAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/tasks", TestContext.Current.CancellationToken)).GetProperty("items").GetArrayLength();
}

/// <summary>A controller that commits nothing itself.</summary>
[ApiController, Route("things-of-a-controller")]
public sealed class ThingsController(IBackgroundTasks tasks) : ControllerBase
{
    /// <summary>Stages a task.</summary>
    [HttpPost]
    public ActionResult<TaskAccepted> Add()
    {
        var task = tasks.Add(new LibraryAppTests.ThingMade("a"));
        return Accepted($"/tasks/{task.Id}", new TaskAccepted(task.Id));
    }

    /// <summary>Stages a task, and then finds that it must not.</summary>
    [HttpPost("taken")]
    public ActionResult<TaskAccepted> Refuse()
    {
        tasks.Add(new LibraryAppTests.ThingMade("b"));
        return Conflict();
    }

    /// <summary>Stages a task of somebody who must not.</summary>
    [HttpPost("forbidden")]
    public IActionResult Forbidden()
    {
        tasks.Add(new LibraryAppTests.ThingMade("c"));
        return Forbid();
    }

    /// <summary>Stages a task; the status of its error is in the problem alone.</summary>
    [HttpPost("problem")]
    public IActionResult Troubled()
    {
        tasks.Add(new LibraryAppTests.ThingMade("d"));
        return new ObjectResult(new ProblemDetails { Status = 409 });
    }
}
