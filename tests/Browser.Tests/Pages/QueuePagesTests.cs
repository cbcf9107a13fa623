using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class QueuePagesTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    // Queues that no other test uses.
    private const string Paused = "password-changed", Limited = "password-forgotten", Purged = "uploads-sweep-due";

    [Fact]
    public async Task A_queue_is_paused_and_resumed_and_another_browser_sees_it()
    {
        var ann = await VisitAsync($"queues/{Paused}");
        var ben = await VisitAsync("queues", Keys.Ben);
        await Expect(ben.Row(Paused)).ToBeVisibleAsync();

        await ann.Button("Pause …").ClickAsync();
        await ann.ConfirmAsync("Pause");

        await Expect(ann.Main).ToContainTextAsync("Paused by ann");
        await Expect(ben.Row(Paused).GetByText("Paused")).ToBeVisibleAsync();

        await ben.ChooseAsync(ben.Row(Paused).GetByRole(AriaRole.Button), "Resume …");
        await ben.ConfirmAsync("Resume");

        await Expect(ann.Button("Pause …")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Limits_are_changed_and_taken_back()
    {
        var visit = await VisitAsync($"queues/{Limited}");
        await visit.Button("Change limits …").ClickAsync();
        await visit.Field("Concurrency").FillAsync("3");
        await visit.Field("Rate limit").FillAsync("7");
        await visit.ConfirmAsync("Save");
        await Eventually.True(async () => (await Seed.GetAsync($"/queues/{Limited}")).GetProperty("rateLimit").ToString() == "7", "the limit is stored");

        await visit.Page.ReloadAsync();
        await visit.Button("Change limits …").ClickAsync();
        await Expect(visit.Field("Concurrency")).ToHaveValueAsync("3");
        await visit.Field("Concurrency").FillAsync("");
        await visit.Field("Rate limit").FillAsync("");
        await visit.ConfirmAsync("Save");

        var queue = await Seed.GetAsync($"/queues/{Limited}");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, queue.GetProperty("concurrency").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, queue.GetProperty("rateLimit").ValueKind);
    }

    [Fact]
    public async Task What_waits_in_a_paused_queue_is_purged_with_its_count()
    {
        await Seed.PauseScheduleAsync("uploads-sweep"); // which fills this queue once an hour
        await Seed.PauseAsync(Purged);
        var tasks = new List<Guid>();
        var (waiting, seen) = (0, 0);
        await Eventually.True( // a pause holds after a moment; what came before it is executed
            async () =>
            {
                waiting = (await Task.WhenAll(tasks.Select(Seed.StateAsync))).Count(s => s == "Queued");
                seen = waiting > 0 && waiting == await DepthAsync() ? seen + 1 : 0;
                if (waiting == 0)
                {
                    tasks.Add(await Seed.AddAsync(new { type = "UploadsSweepDue", message = new { } }));
                }

                return seen == 60;
            },
            "what waits stays");

        var visit = await VisitAsync($"queues/{Purged}");
        await visit.Button("Purge …").ClickAsync();
        var what = waiting == 1 ? "1 message" : $"{waiting} messages";
        await visit.ConfirmAsync($"Purge {what}");

        await Expect(visit.Toasts).ToContainTextAsync($"{what} removed, {waiting} task");
        await Seed.UntilAsync(tasks[^1], "Cancelled");
        await Seed.ResumeAsync(Purged);
    }

    [Fact]
    public async Task An_act_that_fails_before_its_dialog_is_told()
    {
        var visit = await VisitAsync("queues");
        visit.Allow("503 GET ");
        await visit.Page.RouteAsync("**/queues/*", route => route.FulfillAsync(new() { Status = 503, Body = "{\"detail\": \"The database is away.\"}" }));

        await visit.ChooseAsync(visit.Row(Limited).GetByRole(AriaRole.Button), "Purge …");

        await Expect(visit.Toasts).ToContainTextAsync("The database is away.");
        await Expect(visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Workers_are_listed_with_their_queues()
    {
        var visit = await VisitAsync("workers");
        await Expect(visit.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Consumes" })).ToHaveCountAsync(1);
        await visit.Main.GetByRole(AriaRole.Link, new() { Name = "log-requested" }).ClickAsync();

        await Expect(visit.Heading("log-requested")).ToBeVisibleAsync();
    }

    private async Task<int> DepthAsync() => int.TryParse((await Seed.GetAsync($"/queues/{Purged}")).GetProperty("depth").ToString(), System.Globalization.CultureInfo.InvariantCulture, out var depth) ? depth : 0;
}

public sealed class QueuePagesOnSqlite(Chromium chromium, SharedHosts hosts) : QueuePagesTests(chromium, hosts, Store.Sqlite);

public sealed class QueuePagesOnPostgres(Chromium chromium, SharedHosts hosts) : QueuePagesTests(chromium, hosts, Store.Postgres);
