using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What is said where not all could be counted, or read.</summary>
public sealed class CountedTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Fact]
    public async Task An_act_on_at_least_so_many_has_no_percentage()
    {
        Visit.Allow("404 GET "); // the action is not one of the service
        await DrawAsync("ob-bulk", "{ subject: 'Tasks' }");
        await RunAsync(
            """
            document.dispatchEvent(new CustomEvent('bulk-began', { detail:
              { id: '019ac000-0000-7000-8000-000000000000', subject: 'Tasks', action: 'Cancel', state: 'Running', who: 'ann', done: 250, total: 1000, totalIsExact: false } }));
            """);

        await Expect(Drawn).ToContainTextAsync("Cancelling at least 1,000 tasks");
        await Expect(Drawn).ToContainTextAsync("250 of at least 1,000");
        await Expect(Drawn).Not.ToContainTextAsync("%");
        Assert.Equal(-1, await Drawn.GetByRole(AriaRole.Progressbar).EvaluateAsync<double>("bar => bar.position"));
    }

    [Fact]
    public async Task An_act_that_begins_while_others_are_read_stays()
    {
        Visit.Allow("404 GET "); // the action is not one of the service
        var isAsked = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        await Page.RouteAsync(
            "**/bulk-actions",
            async route =>
            {
                isAsked.TrySetResult();
                await mayAnswer.Task;
                await route.FulfillAsync(new() { ContentType = "application/json", Body = $$"""{ "items": [{{Action(1, "Running")}}, {{Action(2, "Running")}}] }""" });
            });
        await DrawAsync("ob-bulk", "{ subject: 'Tasks' }");
        await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await RunAsync($"document.dispatchEvent(new CustomEvent('bulk-began', {{ detail: {Action(2, "Done")} }}));");
        await Expect(Drawn).ToContainTextAsync("1,000 tasks cancelled");
        mayAnswer.SetResult();

        await Expect(Drawn).ToContainTextAsync("Cancelling 1,000 tasks");
        await Expect(Drawn.Locator(".bulk")).ToHaveCountAsync(2);
        await Expect(Drawn).ToContainTextAsync("1,000 tasks cancelled");
    }

    [Fact]
    public async Task Acts_that_cannot_be_read_are_asked_for_again()
    {
        Visit.Allow("503 GET /bulk-actions");
        var isAway = true;
        await Page.RouteAsync("**/bulk-actions", route => route.FulfillAsync(isAway
            ? new() { Status = 503, ContentType = "application/json", Body = "{}" }
            : new() { ContentType = "application/json", Body = $$"""{ "items": [{{Action(1, "Running", skipped: 2)}}] }""" }));
        await Page.RouteAsync("**/bulk-actions/*", route => route.FulfillAsync(new() { ContentType = "application/json", Body = Action(1, "Running", skipped: 2) }));

        await DrawAsync("ob-bulk", "{ subject: 'Tasks', patience: 500 }");
        await Expect(Drawn).ToContainTextAsync("cannot be read; it is tried again");
        isAway = false;

        await Expect(Drawn).ToContainTextAsync("Cancelling 1,000 tasks");
        await Expect(Drawn).ToContainTextAsync(", 2 skipped");
        await Expect(Drawn).Not.ToContainTextAsync("cannot be read");
    }

    [Fact]
    public async Task A_trend_of_the_newest_alone_has_a_plus()
    {
        await RunAsync(
            """
            const { groupCard } = await import('/dashboard/parts/letter-group.js');
            render(root, groupCard({ groupId: 'g', reason: 'Failed', exceptionType: 'A.B', count: 20000, isExact: true, isCapped: true, queues: ['mail'], example: 'A long error.',
              trend: [4000, 6000], firstAt: '2026-01-31T23:30:05Z', lastAt: '2026-01-31T23:30:05Z' }, { refused: null }));
            """);

        await Expect(Drawn).ToContainTextAsync("10,000+ in 24 h");
        await Expect(Drawn.GetByText("A long error.")).ToHaveAttributeAsync("title", "A long error.");
    }

    [Fact]
    public async Task Queues_that_were_not_asked_about_are_not_denied()
    {
        var hints = await RunAsync<string[]>(
            """
            const { toQueue } = await import('/dashboard/parts/letter-acts.js');
            return [toQueue([], [], false), toQueue([], ['mail'])].map(field => field.hint);
            """);

        Assert.Equal(["Some queues with a consumer for them; there may be others.", "No other queue has a consumer for it."], hints);
    }

    private static string Action(int number, string state, int skipped = 0) =>
        $$"""
        { "id": "019ac000-0000-7000-8000-00000000000{{number}}", "subject": "Tasks", "action": "Cancel", "state": "{{state}}", "who": "ann", "done": 250, "changed": 1000, "skipped": {{skipped}}, "total": 1000 }
        """;
}
