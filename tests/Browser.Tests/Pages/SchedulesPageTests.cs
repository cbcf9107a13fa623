using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class SchedulesPageTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private readonly string _name = $"of-a-test-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_schedule_is_added_with_a_preview_of_its_times()
    {
        var visit = await VisitAsync("schedules");
        await visit.Button("Add schedule …").ClickAsync();
        await visit.Field("Name").FillAsync(_name);
        await visit.Field("Cron expression").FillAsync("30 2 * * 1");
        await visit.Field("Time zone").SelectOptionAsync("Europe/Berlin");
        await visit.Field("Task type").SelectOptionAsync("UploadsSweepDue");

        var preview = visit.Dialog.Locator(".schedule-preview");
        await Expect(preview).ToContainTextAsync("Monday");
        await Expect(preview.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(5);
        await Expect(preview.GetByRole(AriaRole.Listitem).First).ToContainTextAsync("02:30");
        await visit.ConfirmAsync("Add schedule");

        await Expect(visit.Heading(_name)).ToBeVisibleAsync();
        await Expect(visit.Main).ToContainTextAsync("Monday");
        Assert.Equal("Europe/Berlin", (await Seed.GetAsync($"/schedules/{_name}")).GetProperty("timeZone").GetString());
    }

    [Fact]
    public async Task A_new_schedule_begins_with_a_message_of_its_type()
    {
        var visit = await VisitAsync("schedules");
        await visit.Button("Add schedule …").ClickAsync();
        await visit.Field("Task type").SelectOptionAsync("LogRequested");
        await Expect(visit.Field("Message")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("\"loggedAt\": \"20", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visit.Field("Task type").SelectOptionAsync("UploadsSweepDue");
        await Expect(visit.Field("Message")).ToHaveValueAsync("{\n  \"after\": null\n}");

        await visit.Field("Message").FillAsync("{ \"after\": \"mine\" }");
        await visit.Field("Task type").SelectOptionAsync("LogRequested");
        await visit.Field("Cron expression").FillAsync("30 2 * * 1");
        await Expect(visit.Dialog.Locator(".schedule-preview")).ToContainTextAsync("Monday");

        await Expect(visit.Field("Message")).ToHaveValueAsync("{ \"after\": \"mine\" }");
    }

    [Fact]
    public async Task On_a_small_screen_nothing_covers_a_field()
    {
        var visit = await VisitAsync("schedules", options: new() { ViewportSize = new() { Width = 360, Height = 560 } });
        await visit.Button("Add schedule …").ClickAsync();
        foreach (var label in new[] { "Name", "Cron expression", "Time zone", "Times that are missed because no process runs", "Task type", "Message", "Kind" })
        {
            await visit.Field(label).ClickAsync(new() { Trial = true }); // fails where something else would be hit
        }

        await Expect(visit.Choice("Add schedule")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(visit.Choice("Cancel")).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    [Fact]
    public async Task A_schedule_that_somebody_changed_meanwhile_is_not_overwritten()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync($"schedules/{_name}");
        visit.Allow("412 PUT ");
        string? condition = null;
        await visit.Page.RouteAsync($"**/schedules/{_name}", route => route.Request.Method switch
        {
            "PUT" => Refuse(route),
            _ => route.FallbackAsync(),
        });
        await visit.Button("Edit …").ClickAsync();
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("since you opened this. Nothing was saved.");
        await Expect(visit.Field("Cron expression")).ToBeVisibleAsync();
        Assert.Null(condition);

        async Task Refuse(IRoute route)
        {
            condition = await route.Request.HeaderValueAsync("If-None-Match");
            await route.FulfillAsync(new RouteFulfillOptions { Status = 412, ContentType = "application/problem+json", Body = """{ "title": "Precondition Failed" }""" });
        }
    }

    [Fact]
    public async Task A_new_schedule_never_replaces_one_of_its_name()
    {
        var visit = await VisitAsync("schedules");
        visit.Allow("412 PUT ");
        string? condition = null;
        await visit.Page.RouteAsync($"**/schedules/{_name}", async route =>
        {
            condition = await route.Request.HeaderValueAsync("If-None-Match");
            await route.FulfillAsync(new RouteFulfillOptions { Status = 412, ContentType = "application/problem+json", Body = """{ "title": "Precondition Failed" }""" });
        });
        await visit.Button("Add schedule …").ClickAsync();
        await visit.Field("Name").FillAsync(_name);
        await visit.Field("Cron expression").FillAsync("30 2 * * 1");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Add schedule" }).ClickAsync();

        await Expect(visit.Dialog).ToContainTextAsync("Choose another name");
        Assert.Equal("*", condition);
    }

    [Fact]
    public async Task What_is_wrong_with_a_schedule_stands_beside_its_field()
    {
        var visit = await VisitAsync("schedules");
        visit.Allow("400 ");
        await visit.Button("Add schedule …").ClickAsync();
        await visit.Field("Name").FillAsync(_name);
        await visit.Field("Cron expression").FillAsync("61 * * * *");
        await Expect(visit.Dialog.Locator(".schedule-preview .bad")).ToBeVisibleAsync();

        await visit.Field("Message").FillAsync("{ not json");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Add schedule" }).ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("The message is not JSON.");
        await visit.Field("Message").FillAsync("{}");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Add schedule" }).ClickAsync();
        await Expect(visit.Field("Cron expression")).ToHaveAttributeAsync("aria-invalid", "true");

        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(visit.Dialog).ToBeHiddenAsync();
        using var response = await Host.Client.GetAsync(new Uri($"/schedules/{_name}", UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_run_now_is_followed_to_its_outcome()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync($"schedules/{_name}");
        await Expect(visit.Main).ToContainTextAsync("No run yet");

        await visit.Button("Run now …").ClickAsync();
        await visit.ConfirmAsync("Run now");

        await Expect(visit.Toasts.GetByRole(AriaRole.Link, new() { Name = "Follow it" })).ToBeVisibleAsync();
        await Expect(visit.Row("Succeeded")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_schedule_is_paused_and_resumed_from_the_list()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync("schedules");
        var row = visit.Row(_name);
        await visit.ChooseAsync(row.GetByRole(AriaRole.Button), "Pause …");
        await visit.ConfirmAsync("Pause");
        await Expect(row.Locator("ob-state").First).ToHaveTextAsync("Paused");

        await visit.ChooseAsync(row.GetByRole(AriaRole.Button), "Resume …");
        await visit.ConfirmAsync("Resume");

        await Expect(visit.Toasts).ToContainTextAsync($"{_name} runs next in ");
        await Expect(row.GetByText("Paused")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_edit_changes_the_times_and_keeps_the_rest()
    {
        await Seed.ScheduleAsync(_name);
        var before = await Seed.GetAsync($"/schedules/{_name}");
        var visit = await VisitAsync($"schedules/{_name}");
        await visit.Button("Edit …").ClickAsync();
        await visit.Field("Cron expression").FillAsync("15 6 * * *");
        await visit.ConfirmAsync("Save");

        await Expect(visit.Main).ToContainTextAsync("15 6 * * *");
        var after = await Seed.GetAsync($"/schedules/{_name}");
        Assert.Equal("15 6 * * *", after.GetProperty("cron").GetString());
        Assert.Equal(before.GetProperty("message").ToString(), after.GetProperty("message").ToString());
        Assert.Equal(before.GetProperty("timeZone").ToString(), after.GetProperty("timeZone").ToString());
    }

    [Fact]
    public async Task A_schedule_is_deleted_only_after_a_question()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync($"schedules/{_name}");
        await visit.Button("Delete …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Next due time");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal(_name, (await Seed.GetAsync($"/schedules/{_name}")).GetProperty("name").GetString());

        await visit.Button("Delete …").ClickAsync();
        await visit.ConfirmAsync("Delete schedule");

        await Expect(visit.Heading("Schedules")).ToBeVisibleAsync();
        await Expect(visit.Link(_name)).ToHaveCountAsync(0);
    }
}

public sealed class SchedulesPageOnSqlite(Chromium chromium, SharedHosts hosts) : SchedulesPageTests(chromium, hosts, Store.Sqlite);

public sealed class SchedulesPageOnPostgres(Chromium chromium, SharedHosts hosts) : SchedulesPageTests(chromium, hosts, Store.Postgres);
