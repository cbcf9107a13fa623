using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What the dialogs of a task say about the tasks after it, and what they then ask the service to do.</summary>
public sealed class TaskActsTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Id = "019ac000-0000-7000-8000-000000000001";

    private string? _sent;

    [Fact]
    public async Task Tasks_after_it_that_cannot_be_read_may_be_kept()
    {
        Visit.Allow("503 GET /tasks/");
        await ActAsync("cancelTask", "Waiting", graph: null);

        await Expect(Visit.Dialog).ToContainTextAsync("Tasks that come after it");
        await Expect(Visit.Dialog).ToContainTextAsync("unknown");
        await Visit.Field("The tasks after it").SelectOptionAsync("Keep");
        await Visit.ConfirmAsync("Cancel the task");

        Assert.EndsWith("/cancel?successors=Keep", _sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_after_it_are_those_of_now()
    {
        await ActAsync("cancelTask", "Waiting", $$"""{ "nodes": [{ "id": "{{Id}}", "state": "Waiting" }, { "id": "b", "state": "Waiting" }], "edges": [{ "from": "{{Id}}", "to": "b" }], "isCapped": false }""");

        await Expect(Visit.Field("The tasks after it").Locator("option").First).ToHaveTextAsync("are cancelled too (1 task)");
        await Visit.ConfirmAsync("Cancel the task");

        Assert.EndsWith("/cancel?successors=Cancel", _sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_shown_no_task_after_it_cancels_none()
    {
        await ActAsync("cancelTask", "Waiting", """{ "nodes": [], "edges": [], "isCapped": false }""");

        await Expect(Visit.Dialog).ToContainTextAsync("0 tasks");
        await Visit.ConfirmAsync("Cancel the task");

        Assert.EndsWith("/cancel?successors=Keep", _sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_that_a_retry_restores_are_unknown_when_they_cannot_be_read()
    {
        Visit.Allow("503 GET /tasks/");
        await ActAsync("retryTask", "Cancelled", graph: null);

        await Expect(Visit.Dialog).ToContainTextAsync("Cancelled tasks after it");
        await Expect(Visit.Dialog).ToContainTextAsync("unknown");
    }

    /// <summary>Opens the dialog of an act, with a graph as the service has it; null is a 503.</summary>
    private async Task ActAsync(string act, string state, string? graph)
    {
        await Page.RouteAsync($"**/tasks/{Id}/graph", route => route.FulfillAsync(new() { Status = graph is null ? 503 : 200, ContentType = "application/json", Body = graph ?? "{}" }));
        await Page.RouteAsync($"**/tasks/{Id}/cancel*", route =>
        {
            _sent = route.Request.Url;
            return route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "changed": true, "successors": 0 }""" });
        });
        await RunAsync($"(await import('/dashboard/parts/task-acts.js')).{act}({{ id: '{Id}', kind: 'A', state: '{state}', attempts: 0 }});");
    }
}
