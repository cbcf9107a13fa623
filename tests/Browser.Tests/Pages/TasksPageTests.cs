using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class TasksPageTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private readonly string _kind = $"OfATest{Guid.NewGuid():N}";

    [Fact]
    public async Task A_filter_is_typed_and_stands_in_the_address()
    {
        await AddAsync(2);
        var visit = await VisitAsync("tasks");
        var filter = visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Filter tasks" });
        await filter.FillAsync($"kind:{_kind}");
        await filter.PressAsync("Enter");

        await Expect(visit.Row(_kind)).ToHaveCountAsync(2);
        Assert.Contains(_kind, visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.GoBackAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the filter Kind" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Kinds_are_suggested_while_one_types()
    {
        await AddAsync(1);
        var visit = await VisitAsync("tasks");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Filter tasks" }).PressSequentiallyAsync($"kind:{_kind[..12]}");
        await visit.Page.GetByRole(AriaRole.Option).Filter(new() { HasText = _kind }).ClickAsync();

        await Expect(visit.Row(_kind)).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_new_task_appears_without_a_reload()
    {
        await AddAsync(1);
        var visit = await VisitAsync($"tasks?kind={_kind}");
        await Expect(visit.Row(_kind)).ToHaveCountAsync(1);

        await AddAsync(1);

        await Expect(visit.Row(_kind)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Selected_tasks_are_cancelled_together()
    {
        await AddAsync(3);
        var visit = await VisitAsync($"tasks?kind={_kind}");
        await Expect(visit.Row(_kind)).ToHaveCountAsync(3);
        await visit.Row(_kind).Nth(0).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Row(_kind).Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Cancel …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Cancel 2 tasks?");
        await visit.ConfirmAsync("Cancel 2 tasks");

        await Expect(visit.Toasts).ToContainTextAsync("2 tasks cancelled");
        await Expect(visit.Row(_kind).Filter(new() { HasText = "Cancelled" })).ToHaveCountAsync(2);
        await Expect(visit.Row(_kind).Filter(new() { HasText = "Scheduled" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_row_that_no_longer_matches_leaves()
    {
        await AddAsync(2);
        var visit = await VisitAsync($"tasks?kind={_kind}&state=Scheduled");
        await Expect(visit.Row(_kind)).ToHaveCountAsync(2);
        await visit.Row(_kind).First.HoverAsync(); // nothing moves below a pointer
        await Seed.PostAsync("/tasks/bulk", new { action = "Cancel", filter = new { kind = _kind } });
        await Expect(visit.Row("no longer matches")).ToHaveCountAsync(2);
        await Expect(visit.Row("Cancelled")).ToHaveCountAsync(2);

        await visit.Page.Mouse.MoveAsync(0, 0);

        await Expect(visit.Main).ToContainTextAsync("No task matches");
    }

    [Fact]
    public async Task Rows_that_one_has_changed_leave_by_themselves()
    {
        await AddAsync(3);
        await Seed.PostAsync("/tasks/bulk", new { action = "Cancel", filter = new { kind = _kind } });
        var visit = await VisitAsync($"tasks?kind={_kind}&state=Cancelled");
        await Expect(visit.Row(_kind)).ToHaveCountAsync(3);
        await visit.Row(_kind).Nth(0).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Row(_kind).Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Retry …").ClickAsync();
        await visit.ConfirmAsync("Retry 2 tasks");

        await Expect(visit.Toasts).ToContainTextAsync("2 tasks retried");
        await Expect(visit.Row(_kind)).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_selection_ends_where_the_list_is_read_anew()
    {
        await AddAsync(1);
        var visit = await VisitAsync($"tasks?kind={_kind}");
        await visit.Row(_kind).GetByRole(AriaRole.Checkbox).CheckAsync();
        for (var i = 0; i < 10; i++)
        {
            await Seed.ChainAsync(_kind, _kind, following: 19);
        }

        await visit.Button("200 or more new").ClickAsync();

        await Expect(visit.Row(_kind)).ToHaveCountAsync(50);
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Selection" })).ToHaveCountAsync(0);
        await Seed.PostAsync("/tasks/bulk", new { action = "Cancel", filter = new { kind = _kind } });
    }

    [Fact]
    public async Task A_row_leads_to_its_task()
    {
        await AddAsync(1);
        var visit = await VisitAsync($"tasks?kind={_kind}");
        await visit.Main.GetByRole(AriaRole.Link, new() { Name = _kind }).First.ClickAsync();

        await Expect(visit.Heading(_kind)).ToBeVisibleAsync();
        await Expect(visit.Heading(_kind)).ToBeFocusedAsync();
    }

    private async Task AddAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Seed.DelayedAsync(kind: _kind);
        }
    }
}

public sealed class TasksPageOnSqlite(Chromium chromium, SharedHosts hosts) : TasksPageTests(chromium, hosts, Store.Sqlite);

public sealed class TasksPageOnPostgres(Chromium chromium, SharedHosts hosts) : TasksPageTests(chromium, hosts, Store.Postgres);
