using System.Text.RegularExpressions;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

/// <summary>What a page says of a thing that is not there, or that cannot be read.</summary>
public sealed class NotThereTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Theory]
    [InlineData("tasks/01a229ac-0000-7000-8000-000000000000", "All tasks", "Tasks")]
    [InlineData("queues/nobody-has-it", "All queues", "Queues")]
    [InlineData("schedules/nobody-has-it", "All schedules", "Schedules")]
    public async Task What_is_not_there_leads_to_the_list(string page, string link, string heading)
    {
        var visit = await VisitAsync();
        visit.Allow("404 GET ");
        await visit.GoAsync(page);
        await Expect(visit.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not Found");
        await Expect(visit.Button("Try again")).ToHaveCountAsync(0);

        await visit.Main.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync();

        await Expect(visit.Heading(heading)).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("queues", "overview")]
    [InlineData("workers", "workers")]
    [InlineData("schedules", "schedules")]
    public async Task What_cannot_be_read_says_why_and_is_tried_again(string page, string route)
    {
        var visit = await VisitAsync("audit");
        visit.Allow("503 GET ");
        var isAway = true;
        await visit.Page.RouteAsync(new Regex($"^https?://[^/]+/{route}(/|\\?|$)", RegexOptions.None, TimeSpan.FromSeconds(1)), request => isAway
            ? request.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/problem+json", Body = """{ "title": "Service Unavailable", "detail": "The database does not answer." }""" })
            : request.FallbackAsync());
        await visit.GoAsync(page);
        await Expect(visit.Main.GetByRole(AriaRole.Alert).First).ToContainTextAsync("The database does not answer.");

        isAway = false;
        await visit.Button("Try again").First.ClickAsync();

        await Expect(visit.Page.Locator("main tbody tr:not(.is-loading)").First).ToBeVisibleAsync();
    }
}

/// <summary>A system that nobody has used yet.</summary>
public sealed class NothingYetTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task It_says_how_to_enqueue_the_first_task()
    {
        var visit = await VisitAsync();
        await Expect(visit.Main).ToContainTextAsync("No task yet");
        await Expect(visit.Main.Locator(".empty-code").Nth(1)).ToContainTextAsync("curl -sS -X POST");

        await Seed.SucceededAsync();

        await Expect(visit.Main.GetByText("No task yet")).ToHaveCountAsync(0);
    }
}
