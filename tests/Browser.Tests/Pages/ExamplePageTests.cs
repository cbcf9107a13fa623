using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

/// <summary>What an end user sees: somebody's own page with <c>task-progress</c>, without a key.</summary>
public sealed class ExamplePageTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Fact]
    public async Task One_registers_and_sees_it_happen()
    {
        var visit = await VisitPageAsync("/example");
        await visit.Page.GetByLabel("E-mail address").FillAsync($"{Guid.NewGuid():N}@example.org");
        await visit.Button("Register").ClickAsync();

        await Expect(visit.Page.Locator("task-progress")).ToHaveAttributeAsync("data-state", "Succeeded");
        await Expect(visit.Page.Locator("task-progress")).ToContainTextAsync("Done: the mail is on its way");
        await Expect(visit.Page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
        Assert.Empty(await visit.Context.CookiesAsync());
    }

    [Fact]
    public async Task The_element_follows_a_task_to_its_end()
    {
        var id = await Seed.DelayedAsync();
        var visit = await VisitPageAsync("/example");
        await visit.Page.EvaluateAsync(
            """
            href => {
              const element = document.createElement('task-progress');
              element.setAttribute('href', href);
              element.addEventListener('task-end', event => { document.title = `Ended: ${event.detail.state}`; });
              document.body.append(element);
            }
            """,
            $"/tasks/{id}");
        await Expect(visit.Page.Locator("task-progress")).ToHaveAttributeAsync("data-state", "Scheduled");

        await Seed.PostAsync($"/tasks/{id}/cancel");

        await Expect(visit.Page).ToHaveTitleAsync("Ended: Cancelled");
        await Expect(visit.Page.Locator("task-progress")).ToContainTextAsync("Cancelled");
    }
}
