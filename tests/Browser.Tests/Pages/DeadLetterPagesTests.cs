using System.Net.Http.Json;
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
    public async Task A_note_of_somebody_else_is_not_overwritten_unread()
    {
        var (_, letter) = await Seed.DeadLetterAsync();
        var group = (await Seed.GetAsync($"/dead-letters/{letter}")).GetProperty("deadLetter").GetProperty("groupId").GetGuid();
        var visit = await VisitAsync($"dead-letter-groups/{group}");
        visit.Allow("409 PUT ");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "More acts on" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitem).Filter(new() { HasText = "note" }).ClickAsync();
        using var other = await Host.Client.PutAsJsonAsync($"/dead-letter-groups/{group}/note", new { text = "of somebody else" });
        await visit.Dialog.GetByRole(AriaRole.Textbox).FillAsync("mine");
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();

        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("ann has written a note");
        Assert.Equal("of somebody else", (await Seed.GetAsync($"/dead-letter-groups/{group}")).GetProperty("note").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_letter_is_edited_and_redriven()
    {
        var (task, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        await Expect(visit.Page.Locator("ob-json")).ToContainTextAsync("[redacted]");
        await visit.Button("Redrive …").ClickAsync();
        var editor = visit.Dialog.Locator("textarea").First;
        var text = await editor.InputValueAsync();
        await editor.FillAsync(text.Replace("[redacted]", "mended@example.org", StringComparison.Ordinal).Replace("2026-05-04", "2026-05-05", StringComparison.Ordinal));
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await Seed.UntilAsync(task, "Succeeded");
        await Expect(visit.Main).ToContainTextAsync("What the redrive sent instead");
        await Expect(visit.Page.Locator("ob-diff")).ToContainTextAsync("2026-05-05");
        var audit = await Seed.GetAsync($"/audit?target={letter}");
        Assert.Equal("dead-letter.edit-and-redrive", audit.GetProperty("items")[0].GetProperty("action").GetString());
    }

    [Fact]
    public async Task A_letter_is_dropped()
    {
        var (_, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        await visit.Button("Drop …").ClickAsync();
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();

        await Expect(visit.Main).ToContainTextAsync("Dropped");
        Assert.Equal("Dropped", await Seed.LetterStateAsync(letter));
    }

    [Fact]
    public async Task A_letter_is_redriven_to_another_queue()
    {
        const string Other = "exports-sweep-due"; // which no other test uses; paused, so that what comes stays
        await Seed.PauseAsync(Other);
        var (task, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        await visit.Field("To the queue").SelectOptionAsync(Other);
        await visit.ConfirmAsync("Redrive");

        await Expect(visit.Toasts).ToContainTextAsync($"Redriven, to {Other}.");
        await Expect(visit.Main).ToContainTextAsync("Redriven");
        Assert.Equal(Other, (await Seed.GetAsync($"/tasks/{task}")).GetProperty("queue").GetString());
        Assert.Contains(Other, (await Seed.GetAsync($"/audit?target={letter}")).GetProperty("items")[0].GetProperty("details").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Drop", "Drop 2 dead letters", "2 dead letters dropped", "Dropped")]
    [InlineData("Redrive", "Redrive 2 dead letters", "2 dead letters redriven", "Redriven")]
    public async Task Selected_letters_are_decided_together(string act, string many, string done, string state)
    {
        var (_, kept) = await Seed.DeadLetterAsync();
        var (_, first) = await Seed.DeadLetterAsync();
        var (_, second) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync("dead-letters?view=letters");
        await visit.RowOf($"dead-letters/{first}").GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.RowOf($"dead-letters/{second}").GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Selection" }).GetByRole(AriaRole.Button, new() { Name = $"{act} …" }).ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync($"{many}?");
        await Expect(visit.Dialog.Locator(".bulk-sample li")).ToHaveCountAsync(2);
        await visit.ConfirmAsync(many);

        await Expect(visit.Toasts).ToContainTextAsync(done);
        await Expect(visit.RowOf($"dead-letters/{first}")).ToHaveCountAsync(0);
        Assert.Equal([state, state, "Dead"], await Task.WhenAll(new[] { first, second, kept }.Select(Seed.LetterStateAsync)));
    }
}

public sealed class DeadLetterPagesOnSqlite(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Sqlite);

public sealed class DeadLetterPagesOnPostgres(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Postgres);
