using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class DeadLetterPagesTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private const string Exception = "DeliberateMailFailureException";

    [Fact]
    public async Task A_group_has_its_count_and_a_note()
    {
        await Seed.FailedAsync();
        var note = $"Somebody looks into it: {Guid.NewGuid():N}";
        var visit = await VisitAsync("dead-letters");
        var group = visit.Page.Locator("article, section, li").Filter(new() { HasText = Exception }).Filter(new() { Has = visit.Button($"More acts on {Exception}") }).Last;
        await Expect(group.Locator(".group-count")).Not.ToHaveTextAsync("0");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"More acts on {Exception}" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitem).Filter(new() { HasText = "note" }).ClickAsync();
        await visit.Dialog.GetByRole(AriaRole.Textbox).FillAsync(note);
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();

        await Expect(visit.Main).ToContainTextAsync(note);
    }

    [Fact]
    public async Task A_letter_is_edited_and_redriven()
    {
        var letter = await LetterAsync(out var task);
        var visit = await VisitAsync($"dead-letters/{letter}");
        await Expect(visit.Page.Locator("ob-json")).ToContainTextAsync(DashboardHost.Broken);
        await visit.Button("Redrive …").ClickAsync();
        var editor = visit.Dialog.Locator("textarea").First;
        await editor.FillAsync((await editor.InputValueAsync()).Replace(DashboardHost.Broken, "mended@example.org", StringComparison.Ordinal));
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await Seed.UntilAsync(await task, "Succeeded");
        await Expect(visit.Main).ToContainTextAsync("What the redrive sent instead");
        await Expect(visit.Page.Locator("ob-diff")).ToContainTextAsync("mended@example.org");
        var audit = await Seed.GetAsync($"/audit?target={letter}");
        Assert.Equal("dead-letter.edit-and-redrive", audit.GetProperty("items")[0].GetProperty("action").GetString());
    }

    [Fact]
    public async Task A_letter_is_dropped()
    {
        var letter = await LetterAsync(out _);
        var visit = await VisitAsync($"dead-letters/{letter}");
        await visit.Button("Drop …").ClickAsync();
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await Expect(visit.Main).ToContainTextAsync("Dropped");
        Assert.Equal("Dropped", (await Seed.GetAsync($"/dead-letters/{letter}")).GetProperty("deadLetter").GetProperty("state").GetString());
    }

    private Task<Guid> LetterAsync(out Task<Guid> task)
    {
        var failed = Seed.FailedAsync();
        task = failed;
        return FindAsync();

        async Task<Guid> FindAsync() => (await Seed.GetAsync($"/dead-letters?taskId={await failed}")).GetProperty("items")[0].GetProperty("id").GetGuid();
    }
}

public sealed class DeadLetterPagesOnSqlite(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Sqlite);

public sealed class DeadLetterPagesOnPostgres(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Postgres);
