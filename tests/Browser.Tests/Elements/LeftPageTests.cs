using System.Collections.Concurrent;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What was begun on a page that was left before the answer came: it opens nothing on the next page, and leads nobody away from it.</summary>
public sealed class LeftPageTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string AskMany =
        """
        const { askMany } = await import('/dashboard/parts/bulk.js');
        window.outcome = askMany({ path: '/tasks/bulk', action: 'Cancel', filter: {}, measure: async () => ({ count: 3, isExact: true, sample: [] }),
          words: { noun: 'task', act: 'Cancel', done: 'cancelled', text: 'They are cancelled.' } });
        """;

    private readonly TaskCompletionSource _isAsked = new(), _mayAnswer = new();

    [Fact]
    public async Task A_page_that_is_left_while_its_module_loads_is_not_started()
    {
        var streams = new ConcurrentQueue<string>();
        Page.Request += (_, request) => streams.Enqueue(request.Url);
        await HoldAsync("**/pages/tasks.js", route => route.ContinueAsync());
        await NavigateAsync("tasks");
        await IsAskedAsync();
        await NavigateAsync("queues");
        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        _mayAnswer.SetResult();

        await RunAsync("await import('/dashboard/pages/tasks.js'); await new Promise(resolve => setTimeout(resolve, 500));");

        Assert.DoesNotContain(streams, url => url.Contains("/tasks/events", StringComparison.Ordinal));
        Assert.Equal("Queues", (await Page.TitleAsync()).Split(" · ")[0]);
    }

    [Fact]
    public async Task Nobody_is_called_who_follows_with_a_signal_that_has_ended() => Assert.Equal(0, await RunAsync<int>(
        """
        const { overview } = await import('/dashboard/lib/overview.js');
        let calls = 0;
        overview.follow(() => calls++, AbortSignal.abort());
        overview.set(overview.value);
        return calls;
        """));

    [Fact]
    public async Task A_number_that_has_changed_opens_no_dialog_elsewhere()
    {
        Visit.Allow("409 POST /tasks/bulk");
        await HoldAsync("**/tasks/bulk", route => route.FulfillAsync(new() { Status = 409, ContentType = "application/json", Body = """{ "count": 5 }""" }));
        await RunAsync(AskMany);
        await Visit.Choice("Cancel 3 tasks").ClickAsync();
        await IsAskedAsync();
        await NavigateAsync("queues");
        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        _mayAnswer.SetResult();

        Assert.False(await RunAsync<bool>("return await Promise.race([outcome, new Promise(resolve => setTimeout(() => resolve(true), 30000))]);"));
        await Expect(Visit.Toasts).ToContainTextAsync("No task was cancelled: the number has changed.");
        await Expect(Visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_act_on_many_that_begins_elsewhere_is_said_with_a_link()
    {
        await HoldAsync("**/tasks/bulk", route => route.FulfillAsync(new()
        {
            Status = 202,
            ContentType = "application/json",
            Body = """{ "id": "019ac000-0000-7000-8000-000000000001", "subject": "Tasks", "action": "Cancel", "state": "Running", "who": "ann", "done": 0, "total": 3 }""",
        }));
        await RunAsync(AskMany);
        await Visit.Choice("Cancel 3 tasks").ClickAsync();
        await IsAskedAsync();
        await NavigateAsync("dead-letters"); // which shows acts on dead letters
        await Expect(Visit.Heading("Dead letters")).ToBeVisibleAsync();
        _mayAnswer.SetResult();

        await Expect(Visit.Toasts).ToContainTextAsync("Cancel 3 tasks: it has begun, and goes on.");
        await Expect(Visit.Toasts.GetByRole(AriaRole.Link, new() { Name = "Follow it" })).ToHaveAttributeAsync("href", "/dashboard/tasks");
        await Expect(Page.Locator("ob-bulk .bulk")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_schedule_that_is_saved_late_leads_nobody_away()
    {
        await HoldAsync("**/schedules/late", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "paused": true }""" }));
        await RunAsync("(await import('/dashboard/pages/schedule-edit.js')).edit(null, () => { });");
        await Visit.Field("Name").FillAsync("late");
        await Visit.Field("Cron expression").FillAsync("0 3 * * *");
        await Visit.Choice("Add schedule").ClickAsync();
        await IsAskedAsync();
        await NavigateAsync("queues");
        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        _mayAnswer.SetResult();

        await Expect(Visit.Toasts).ToContainTextAsync("late is saved, and paused.");
        Assert.EndsWith("/queues", Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dialog_whose_example_comes_late_opens_nowhere_else()
    {
        await HoldAsync("**/task-types/*", route => route.ContinueAsync());
        await RunAsync("window.outcome = import('/dashboard/pages/schedule-edit.js').then(({ edit }) => edit(null, () => { })).catch(error => error.name);");
        await IsAskedAsync();
        await NavigateAsync("queues");
        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        _mayAnswer.SetResult();

        Assert.Equal("AbortError", await RunAsync<string>("return await Promise.race([outcome, new Promise(resolve => setTimeout(() => resolve('it is open'), 30000))]);"));
        await Expect(Visit.Dialog).ToHaveCountAsync(0);
    }

    private Task NavigateAsync(string page) => RunAsync($"(await import('/dashboard/lib/router.js')).navigate('{page}');");

    private Task IsAskedAsync() => _isAsked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>Holds what is asked for until it may be answered.</summary>
    private Task HoldAsync(string address, Func<IRoute, Task> answer) => Page.RouteAsync(address, async route =>
    {
        _isAsked.TrySetResult();
        await _mayAnswer.Task;
        await answer(route);
    });
}
