using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>One acts, and another one who looks at the same time sees it, without a reload.</summary>
public abstract class TwoBrowsersTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    [Fact]
    public async Task A_cancelled_task_is_seen_on_the_page_of_another()
    {
        var (first, waiting) = await Seed.WaitingAsync();
        var ann = await VisitAsync($"tasks/{first}");
        var ben = await VisitAsync($"tasks/{waiting}", Keys.Ben);
        await Expect(ben.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Waiting");

        await ann.Button("Cancel …").ClickAsync();
        await ann.ConfirmAsync("Cancel the task");

        await Expect(ben.Main.Locator(".page-head ob-state")).ToHaveTextAsync("Cancelled");
    }

    [Fact]
    public async Task A_schedule_that_another_one_pauses_is_seen_paused()
    {
        var name = $"of-a-test-{Guid.NewGuid():N}";
        await Seed.ScheduleAsync(name);
        var ann = await VisitAsync($"schedules/{name}");
        var ben = await VisitAsync("schedules", Keys.Ben);
        await Expect(ben.Row(name)).ToBeVisibleAsync();

        await ann.Button("Pause …").ClickAsync();
        await ann.ConfirmAsync("Pause");

        await Expect(ben.Row(name).GetByText("Paused").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_new_dead_letter_raises_the_number_in_the_navigation()
    {
        await Seed.FailedAsync();
        var visit = await VisitAsync("workers");
        var badge = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).Locator(".badge.bad");
        await Expect(badge).ToBeVisibleAsync();
        var before = await badge.TextContentAsync();

        await Seed.FailedAsync();

        await Expect(badge).Not.ToHaveTextAsync(before!);
    }
}

public sealed class TwoBrowsersOnSqlite(Chromium chromium, SharedHosts hosts) : TwoBrowsersTests(chromium, hosts, Store.Sqlite);

public sealed class TwoBrowsersOnPostgres(Chromium chromium, SharedHosts hosts) : TwoBrowsersTests(chromium, hosts, Store.Postgres);
