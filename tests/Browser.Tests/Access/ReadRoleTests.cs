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
        var run = visit.Button("Run now …");

        await Expect(run).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(run).ToHaveAttributeAsync("aria-description", "The key rea may only read. Sign in with a key of the role operate.");
        await run.ClickAsync(new() { Force = true });

        await Expect(visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_task_shows_its_acts_as_refused_with_the_reason()
    {
        var id = await Seed.DelayedAsync();
        var visit = await VisitAsync($"tasks/{id}", Keys.Rea);

        await Expect(visit.Main).ToContainTextAsync("The key rea may only read.");
        await AllAreRefusedAsync(visit, "Retry …", "Run again …", "Cancel …");
    }

    [Fact]
    public async Task Selected_tasks_cannot_be_acted_on()
    {
        var kind = $"OfATest{Guid.NewGuid():N}";
        await Seed.DelayedAsync(kind);
        var visit = await VisitAsync($"tasks?kind={kind}", Keys.Rea);
        await visit.Row(kind).GetByRole(AriaRole.Checkbox).CheckAsync();

        await AllAreRefusedAsync(visit, "Retry …", "Cancel …");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Selection" })).ToContainTextAsync("The key rea may only read.");
    }

    [Fact]
    public async Task Dead_letters_cannot_be_decided()
    {
        var (_, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}", Keys.Rea);
        await AllAreRefusedAsync(visit, "Redrive …", "Drop …");

        await visit.GoAsync("dead-letters?view=letters");
        await visit.RowOf($"dead-letters/{letter}").GetByRole(AriaRole.Checkbox).CheckAsync();
        await AllAreRefusedAsync(visit, "Redrive …", "Drop …");

        await visit.GoAsync("dead-letters");
        await Expect(visit.Main.Locator(".group-count").First).ToBeVisibleAsync();
        await Expect(visit.Button("Redrive all …").First).ToBeDisabledAsync();
        Assert.Equal("Dead", await Seed.LetterStateAsync(letter));
    }

    [Fact]
    public async Task A_task_keeps_its_message_from_a_reader()
    {
        var secret = $"only-for-operators-{Guid.NewGuid():N}";
        var id = await Seed.SucceededAsync(secret);
        var ann = await VisitAsync($"tasks/{id}");
        await Expect(ann.Main.Locator("ob-json")).ToContainTextAsync(secret);

        var rea = await VisitAsync($"tasks/{id}", Keys.Rea);

        await Expect(rea.Main).ToContainTextAsync("The key rea may not see messages");
        Assert.DoesNotContain(secret, await AllThatIsSentAsync(rea, $"/tasks/{id}", $"/tasks/{id}/timeline", $"/tasks/{id}/why", $"/tasks/{id}/graph"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_keeps_its_message_from_a_reader()
    {
        const string InTheMessage = "registeredAt";
        var (task, letter) = await Seed.DeadLetterAsync();
        var ann = await VisitAsync($"dead-letters/{letter}");
        await Expect(ann.Main.Locator("ob-json")).ToContainTextAsync(InTheMessage);

        var rea = await VisitAsync($"dead-letters/{letter}", Keys.Rea);

        await Expect(rea.Heading("DeliberateMailFailureException")).ToBeVisibleAsync();
        await Expect(rea.Main).Not.ToContainTextAsync(InTheMessage);
        var sent = await AllThatIsSentAsync(rea, $"/dead-letters/{letter}", $"/dead-letters?taskId={task}", "/dead-letter-groups");
        Assert.Contains($"{letter}", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(InTheMessage, sent, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardHost.Broken, sent, StringComparison.Ordinal);
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

    /// <summary>Buttons that are there, say why they do nothing, and open no dialog.</summary>
    private static async Task AllAreRefusedAsync(Visit visit, params string[] buttons)
    {
        foreach (var name in buttons)
        {
            var button = visit.Button(name);
            await Expect(button).ToBeDisabledAsync();
            Assert.Contains("may only read", await button.GetAttributeAsync("title"), StringComparison.Ordinal);
            await button.ClickAsync(new() { Force = true });
            await Expect(visit.Dialog).ToHaveCountAsync(0);
        }
    }

    /// <summary>What the server sends to the page, whether it shows it or not.</summary>
    private static Task<string> AllThatIsSentAsync(Visit visit, params string[] paths) => visit.Page.EvaluateAsync<string>(
        "async paths => (await Promise.all(paths.map(async path => { const r = await fetch(path); if (!r.ok) throw new Error(`${path}: ${r.status}`); return r.text(); }))).join()", paths);
}

public sealed class ReadRoleOnSqlite(Chromium chromium, SharedHosts hosts) : ReadRoleTests(chromium, hosts, Store.Sqlite);

public sealed class ReadRoleOnPostgres(Chromium chromium, SharedHosts hosts) : ReadRoleTests(chromium, hosts, Store.Postgres);
