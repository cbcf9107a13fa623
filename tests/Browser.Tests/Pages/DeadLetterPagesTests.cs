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
    public async Task An_edit_of_a_wrong_type_is_refused_in_the_dialog()
    {
        var (_, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        visit.Allow($"400 POST /dead-letters/{letter}/redrive");
        await visit.Button("Redrive …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("An edit is checked as the type of the message.");
        await Expect(visit.Dialog).ToContainTextAsync("\"[redacted]\" that is left in its place keeps the value.");
        var editor = visit.Dialog.Locator("textarea").First;
        var text = await editor.InputValueAsync();
        await editor.FillAsync(text.Replace("2026-05-04", "yesterday", StringComparison.Ordinal));
        await visit.Choice("Redrive").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("'message.registeredAt' is not that of a UserRegistered");
        await editor.FillAsync(text.Replace("[redacted]", "to [redacted]", StringComparison.Ordinal));
        await visit.Choice("Redrive").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("'message.email' has '[redacted]' within its text");

        Assert.Equal("Dead", await Seed.LetterStateAsync(letter));
    }

    [Fact]
    public async Task A_redacted_value_that_is_left_alone_is_kept()
    {
        var (task, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        var editor = visit.Dialog.Locator("textarea").First;
        await editor.FillAsync((await editor.InputValueAsync()).Replace("2026-05-04", "2026-05-05", StringComparison.Ordinal));
        await visit.ConfirmAsync("Redrive");

        await Expect(visit.Main).ToContainTextAsync("What was changed of email");
        await Expect(visit.Page.Locator("ob-diff")).ToContainTextAsync("2026-05-05");
        await Seed.UntilAsync(task, "Failed"); // the address is still the broken one
        Assert.Equal(2, (await Seed.GetAsync($"/tasks/{task}/timeline")).GetProperty("items").EnumerateArray().Count(item => item.GetProperty("type").GetString() == "DeadLettered"));
    }

    [Fact]
    public async Task A_letter_is_redriven_only_to_a_queue_that_takes_it()
    {
        var other = $"welcome-{Store}".ToLowerInvariant(); // which no worker has, so that what comes stays
        await Host.AddQueueAsync(other, "urn:message:Messaging.Contracts:UserRegistered");
        var (task, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        await Expect(visit.Field("To the queue").Locator("option")).ToHaveTextAsync(["its own (user-registered)", other]);
        await visit.Field("To the queue").SelectOptionAsync(other);
        await visit.ConfirmAsync("Redrive");

        await Expect(visit.Toasts).ToContainTextAsync($"Redriven, to {other}.");
        await Expect(visit.Main).ToContainTextAsync("Redriven");
        Assert.Equal(other, (await Seed.GetAsync($"/tasks/{task}")).GetProperty("queue").GetString());
        Assert.Contains(other, (await Seed.GetAsync($"/audit?target={letter}")).GetProperty("items")[0].GetProperty("details").ToString(), StringComparison.Ordinal);
        await Seed.PostAsync($"/tasks/{task}/cancel");
    }

    [Fact]
    public async Task The_dialog_for_many_offers_the_queues_that_take_them()
    {
        await Seed.DeadLetterAsync();
        var visit = await VisitAsync("dead-letters");
        await visit.Button("Redrive all …").First.ClickAsync();

        var options = visit.Field("To the queue").Locator("option");
        await Expect(options.First).ToContainTextAsync("user-registered");
        await Expect(options.Filter(new() { HasText = "log-requested" })).ToHaveCountAsync(0);
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
        await visit.Page.SetViewportSizeAsync(1280, 240); // so that one reads further down, where nothing moves but by one's own acts
        await visit.Page.EvaluateAsync("() => { document.body.style.setProperty('min-height', '2000px'); scrollTo(0, 100); }");
        await visit.RowOf($"dead-letters/{second}").GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Selection" }).GetByRole(AriaRole.Button, new() { Name = $"{act} …" }).ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync($"{many}?");
        await Expect(visit.Dialog.Locator(".bulk-sample li")).ToHaveCountAsync(2);
        await visit.ConfirmAsync(many);

        await Expect(visit.Toasts).ToContainTextAsync(done);
        await Expect(visit.RowOf($"dead-letters/{first}")).ToHaveCountAsync(0);
        Assert.True(await visit.Page.EvaluateAsync<int>("() => scrollY") > 60);
        Assert.Equal([state, state, "Dead"], await Task.WhenAll(new[] { first, second, kept }.Select(Seed.LetterStateAsync)));
    }
}

public sealed class DeadLetterPagesOnSqlite(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Sqlite);

public sealed class DeadLetterPagesOnPostgres(Chromium chromium, SharedHosts hosts) : DeadLetterPagesTests(chromium, hosts, Store.Postgres);
