using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The timeline of a task.</summary>
public sealed class TimelineTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

    private ILocator Items => Drawn.GetByRole(AriaRole.Listitem);

    [Fact]
    public async Task Attempts_say_how_long_they_took_and_an_error_is_said_once()
    {
        await TimelineAsync(
            """
            { at: ago(60), type: 'Enqueued', text: 'Enqueued as Mail.' },
            { at: ago(50), until: ago(48), seconds: 2, type: 'Attempt', text: 'Attempt 1 failed.', worker: 'worker-1', error: 'No answer' },
            { at: ago(40), until: ago(37), seconds: 3, type: 'Attempt', text: 'Attempt 2 failed.', worker: 'worker-1', error: 'No answer' }
            """);

        await Expect(Items).ToHaveCountAsync(3);
        await Expect(Items.Nth(1)).ToContainTextAsync("Attempt 1 failedafter 2 s");
        await Expect(Items.Nth(1)).ToContainTextAsync("on worker-1");
        await Expect(Drawn.GetByText("No answer")).ToHaveCountAsync(1);
        await Expect(Items.Nth(2)).ToContainTextAsync("With the same error");
        await Expect(Drawn.Locator("figcaption")).ToHaveTextAsync("23 s in all5 s in 2 attempts18 s waiting");
    }

    [Fact]
    public async Task What_is_to_come_looks_different()
    {
        await TimelineAsync("{ at: ago(60), type: 'Enqueued', text: 'Enqueued.' }, { at: ago(-240), type: 'RetryDue', text: 'The next attempt is due.' }");

        await Expect(Drawn.Locator("li.is-ahead")).ToHaveCountAsync(1);
        await Expect(Drawn.Locator("li.is-ahead")).ToContainTextAsync("The next attempt is due");
    }

    [Fact]
    public async Task A_timeline_with_gaps_names_them()
    {
        await TimelineAsync("{ at: ago(60), type: 'Enqueued', text: 'Enqueued.' }", isComplete: "false");

        await Expect(Drawn).ToContainTextAsync("Earlier events are past their retention");
    }

    private Task TimelineAsync(string items, string isComplete = "true") => DrawAsync(
        "ob-timeline",
        $"{{ items: (ago => [{items}])(seconds => new Date(Date.now() - seconds * 1000).toISOString()), isComplete: {isComplete}, taskHref: id => `/dashboard/tasks/${{id}}` }}");
}
