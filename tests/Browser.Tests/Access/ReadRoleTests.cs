using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Access;

/// <summary>Who may only read sees acts disabled, with the reason, and is refused by the server whatever the page offers.</summary>
public abstract class ReadRoleTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private readonly string _name = $"of-a-test-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("schedules", "Schedules")]
    [InlineData("queues", "Queues")]
    public async Task A_list_shows_its_acts_disabled_with_the_reason(string page, string heading)
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync(page, Keys.Rea);

        await Expect(visit.Heading(heading)).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row).Nth(1)).ToBeVisibleAsync();
        await visit.Main.GetByRole(AriaRole.Row).Locator("ob-menu button").First.ClickAsync();
        var menu = visit.Page.GetByRole(AriaRole.Menu);
        await Expect(menu).ToContainTextAsync("The key rea may only read.");
        await Expect(menu.GetByRole(AriaRole.Menuitem).First).ToBeFocusedAsync();
        await Expect(menu.Locator("[role=menuitem]:not([aria-disabled=true])")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_disabled_act_says_why_and_does_nothing()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync($"schedules/{_name}", Keys.Rea);
        var run = visit.Button("Run now");

        await Expect(run).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(run).ToHaveAttributeAsync("aria-description", "The key rea may only read. Sign in with a key of the role operate.");
        await run.ClickAsync(new() { Force = true });

        await Expect(visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_session_says_that_one_may_only_read()
    {
        var visit = await VisitAsync("schedules", Keys.Rea);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: rea" }).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Menu)).ToContainTextAsync("rea may read");
    }

    [Theory]
    [InlineData("POST", "/schedules/{0}/run")]
    [InlineData("POST", "/schedules/{0}/pause")]
    [InlineData("DELETE", "/schedules/{0}")]
    [InlineData("POST", "/queues/upload-replaced/pause")]
    [InlineData("POST", "/tasks")]
    public async Task The_server_refuses_an_act_of_the_page_itself(string method, string path)
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync("schedules", Keys.Rea);
        visit.Allow("403 ");

        var answer = await visit.Page.EvaluateAsync<string>(
            "async ([method, path]) => { const r = await fetch(path, { method, headers: { 'Content-Type': 'application/json' } }); return `${r.status} ${await r.text()}`; }",
            new[] { method, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, _name) });

        Assert.StartsWith("403 ", answer, StringComparison.Ordinal);
        Assert.Contains("operate", answer, StringComparison.Ordinal);
        var audit = await Seed.GetAsync($"/audit?target={_name}");
        Assert.Single(audit.GetProperty("items").EnumerateArray());
    }
}

public sealed class ReadRoleOnSqlite(Chromium chromium, SharedHosts hosts) : ReadRoleTests(chromium, hosts, Store.Sqlite);

public sealed class ReadRoleOnPostgres(Chromium chromium, SharedHosts hosts) : ReadRoleTests(chromium, hosts, Store.Postgres);
