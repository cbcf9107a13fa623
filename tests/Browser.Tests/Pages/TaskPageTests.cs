using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class TaskPageTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    [Fact]
    public async Task It_says_why_a_task_is_not_running()
    {
        var (first, waiting) = await Seed.WaitingAsync();

        var visit = await VisitAsync($"tasks/{waiting}");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" })).ToContainTextAsync("waits");
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" }).GetByRole(AriaRole.Link).First.ClickAsync();

        await Expect(visit.Page).ToHaveURLAsync($"{Host.Address}dashboard/tasks/{first}");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" })).ToContainTextAsync("due");
    }

    [Fact]
    public async Task What_it_waits_for_is_seen_to_end()
    {
        const string Queue = "password-clean-up-due"; // which no other test uses
        await Seed.PauseAsync(Queue);
        var id = await Seed.AddAsync(new { type = "PasswordCleanUpDue", message = new { } });
        var seen = 0;
        await Eventually.True( // a pause holds after a moment; what came before it is executed
            async () =>
            {
                var waits = await Seed.StateAsync(id) == "Queued" && (await Seed.GetAsync($"/tasks/{id}/why")).GetProperty("code").GetString() == "QueuePaused";
                seen = waits ? seen + 1 : 0;
                id = waits ? id : await Seed.AddAsync(new { type = "PasswordCleanUpDue", message = new { } });
                return seen == 60;
            },
            "the pause holds");
        var visit = await VisitAsync($"tasks/{id}");
        var why = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" });
        await Expect(why).ToContainTextAsync("paused");
        await Expect(why).ToContainTextAsync("ann");

        await why.GetByRole(AriaRole.Link).Filter(new() { HasText = Queue }).First.ClickAsync();
        await Expect(visit.Heading(Queue)).ToBeVisibleAsync();
        await visit.Page.GoBackAsync();
        await Expect(why).ToContainTextAsync("paused");
        await Seed.ResumeAsync(Queue);

        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Succeeded");
        await Expect(why).Not.ToContainTextAsync("paused");
    }

    [Fact]
    public async Task Its_timeline_and_its_graph_show_what_happened()
    {
        var (failed, blocked) = await Seed.BlockedAsync();

        var visit = await VisitAsync($"tasks/{failed}");

        await Expect(visit.Page.Locator("ob-timeline")).ToContainTextAsync("DeliberateMailFailureException");
        await Expect(visit.Page.Locator("ob-graph").GetByRole(AriaRole.Link)).Not.ToHaveCountAsync(0);
        await visit.Page.Locator($"ob-graph a[href*='{blocked}']").First.ClickAsync();
        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Blocked");
    }

    [Fact]
    public async Task A_cancelled_task_is_seen_at_once_and_restored_by_a_retry()
    {
        var (first, waiting) = await Seed.WaitingAsync();
        var visit = await VisitAsync($"tasks/{first}");
        await visit.Button("Cancel …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("1 task");
        await visit.ConfirmAsync("Cancel the task");
        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Cancelled");
        Assert.Equal("Cancelled", await Seed.StateAsync(waiting));

        await visit.Button("Retry …").ClickAsync();
        await visit.ConfirmAsync("Retry the task");

        await Seed.UntilAsync(waiting, "Succeeded");
        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Succeeded");
    }

    [Fact]
    public async Task A_task_runs_again_as_a_new_one()
    {
        var id = await Seed.SucceededAsync();
        var visit = await VisitAsync($"tasks/{id}");
        await visit.Button("Run again …").ClickAsync();
        await visit.ConfirmAsync("Run again");

        await Expect(visit.Page).Not.ToHaveURLAsync($"{Host.Address}dashboard/tasks/{id}");
        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Succeeded");
        await Expect(visit.Main).ToContainTextAsync("Runs again");
    }

    [Fact]
    public async Task A_run_again_whose_answer_was_lost_is_not_repeated()
    {
        var text = $"once-{Guid.NewGuid():N}";
        var id = await Seed.SucceededAsync(text);
        var visit = await VisitAsync($"tasks/{id}");
        visit.Allow("/run-again");
        var sent = 0;
        await visit.Page.RouteAsync($"**/tasks/{id}/run-again", async route =>
        {
            if (++sent > 1)
            {
                await route.ContinueAsync();
                return;
            }

            await route.FetchAsync(); // it is done, and its answer is lost
            await route.AbortAsync();
        });
        await visit.Button("Run again …").ClickAsync();
        await visit.Choice("Run again").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be reached");
        await visit.ConfirmAsync("Run again");

        await Expect(visit.Main).ToContainTextAsync("Runs again");
        Assert.Equal(2, sent);
        Assert.Equal(1, (await Seed.GetAsync($"/audit?action=task.run-again&target={id}")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_task_runs_again_with_an_edited_message()
    {
        var (before, after) = ($"before-{Guid.NewGuid():N}", $"after-{Guid.NewGuid():N}");
        var id = await Seed.SucceededAsync(before);
        var visit = await VisitAsync($"tasks/{id}");
        await visit.Button("Run again …").ClickAsync();
        var editor = visit.Field("Its message");
        var message = await editor.InputValueAsync();
        await editor.FillAsync("{ not json");
        await visit.Choice("Run again").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("not JSON");
        await editor.FillAsync(message.Replace(before, after, StringComparison.Ordinal));
        await Expect(visit.Dialog.Locator("ob-diff")).ToContainTextAsync(after);
        await visit.ConfirmAsync("Run again");

        await Expect(visit.Page).Not.ToHaveURLAsync($"{Host.Address}dashboard/tasks/{id}");
        await Expect(visit.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Succeeded");
        await Expect(visit.Main.Locator("ob-json")).ToContainTextAsync(after);
        await Expect(visit.Main.Locator("ob-json")).Not.ToContainTextAsync(before);
    }

    [Fact]
    public async Task A_task_with_redacted_values_runs_again_once_they_are_written()
    {
        var id = await Seed.FailedAsync();
        var visit = await VisitAsync($"tasks/{id}");
        visit.Allow($"400 POST /tasks/{id}/run-again");
        await visit.Button("Run again …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("email, displayName were redacted before the message was stored: write the values in place of \"[redacted]\", or null.");
        await visit.Choice("Run again").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write email, displayName first");
        var editor = visit.Field("Its message");
        var message = await editor.InputValueAsync();
        await editor.FillAsync(message.Replace("2026-05-04", "2026-05-05", StringComparison.Ordinal));
        await visit.Choice("Run again").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("still has '[redacted]' in the place of a value");
        await editor.FillAsync(message.Replace("[redacted]", "mended@example.org", StringComparison.Ordinal));
        await visit.ConfirmAsync("Run again");

        await Expect(visit.Page).Not.ToHaveURLAsync($"{Host.Address}dashboard/tasks/{id}");
        await Expect(visit.Main).ToContainTextAsync("Runs again");
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_not_found_in_words()
    {
        var visit = await VisitAsync("");
        visit.Allow("404 ");
        await visit.GoAsync("tasks/01a20dc2-b4a1-7feb-aac8-7acb97de3ec5");

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
    }
}

public sealed class TaskPageOnSqlite(Chromium chromium, SharedHosts hosts) : TaskPageTests(chromium, hosts, Store.Sqlite);

public sealed class TaskPageOnPostgres(Chromium chromium, SharedHosts hosts) : TaskPageTests(chromium, hosts, Store.Postgres);
