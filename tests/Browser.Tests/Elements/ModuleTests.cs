using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Tests of a module or an element by itself: on a page of the dashboard, in an element of its own that nothing else draws.</summary>
public abstract class ModuleTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    private protected Visit Visit { get; private set; } = null!;

    private protected IPage Page => Visit.Page;

    /// <summary>
    /// Whether the module needs the frame of the dashboard, with its navigation and dialogs. Without it the page is a file of the dashboard, which is
    /// shown as a text: it has the same origin and policy, nothing else draws on it, and it is there in a tenth of the time.
    /// </summary>
    private protected virtual bool NeedsFrame => true;

    /// <summary>What the test has drawn.</summary>
    private protected ILocator Drawn => Page.Locator("#drawn");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Visit = await VisitInAsync(profile.ContextAsync, NeedsFrame ? "workers" : "theme.js");
        if (NeedsFrame)
        {
            await Expect(Visit.Heading("Workers")).ToBeVisibleAsync();
        }

        await Page.EvaluateAsync(
            """
            async () => {
              Object.assign(window, await import('/dashboard/lib/dom.js'), { root: document.createElement('div') });
              root.id = 'drawn';
              document.body.append(root); // what is in the shell is drawn each second
            }
            """);
    }

    /// <summary>Runs a script, in which <c>h</c>, <c>render</c> and <c>root</c> are at hand.</summary>
    private protected Task<T> RunAsync<T>(string script) => Page.EvaluateAsync<T>($"async () => {{ {script} }}");

    /// <inheritdoc cref="RunAsync{T}" />
    private protected Task RunAsync(string script) => Page.EvaluateAsync($"async () => {{ {script} }}");

    /// <summary>Draws an element with its properties, which are a script.</summary>
    private protected Task DrawAsync(string element, string properties) => RunAsync(
        $"await import('/dashboard/elements/{element}.js'); render(root, h('{element}', {properties}));");
}
