using System.Collections.Concurrent;

namespace Messaging.Browser.Tests.Browsing;

/// <summary>
/// Somebody's browser window: a context of its own with one page. It records whatever a visitor should never cause: errors in the console,
/// reports of the content security policy, requests that fail or are refused, and requests to anywhere else.
/// </summary>
internal sealed class Visit
{
    private const string ReportViolations =
        """
        document.addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.effectiveDirective} refused ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`));
        """;

    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly List<Predicate<string>> _expected = [];
    private readonly Uri _host;
    private readonly bool _isShared;

    private Visit(Uri host, IBrowserContext context, IPage page, bool isShared) => (_host, Context, Page, _isShared) = (host, context, page, isShared);

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>What went wrong, besides what was expected to.</summary>
    public IReadOnlyList<string> Troubles => [.. _troubles.Where(t => !_expected.Exists(e => e(t)))];

    public static async Task<Visit> StartAsync(IBrowser browser, Uri host, BrowserNewContextOptions? options = null)
    {
        var context = await ContextAsync(browser, host, options);
        return await OpenAsync(context, host, isShared: false);
    }

    /// <summary>A window of a profile that other tests use too: signed in already, and with the files that they have read.</summary>
    public static Task<Visit> ShareAsync(IBrowserContext context, Uri host) => OpenAsync(context, host, isShared: true);

    /// <summary>A profile that nobody has used yet.</summary>
    public static async Task<IBrowserContext> ContextAsync(IBrowser browser, Uri host, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = host.ToString();
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 900 };
        options.ReducedMotion = ReducedMotion.Reduce;
        options.Locale = "en-GB";
        options.TimezoneId = "Europe/Berlin";
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        await context.AddInitScriptAsync(ReportViolations);
        return context;
    }

    /// <summary>What this test causes on purpose, as a part of its line: <c>403 POST /queues</c>.</summary>
    public void Allow(string trouble) => _expected.Add(t => t.Contains(trouble, StringComparison.Ordinal));

    /// <summary>From now on it is not the dashboard that is looked at.</summary>
    public void AllowAll() => _expected.Add(_ => true);

    /// <summary>From now on the server is away on purpose.</summary>
    public void AllowNoServer() => _expected.Add(t => t.StartsWith("failed ", StringComparison.Ordinal) || t.StartsWith("50", StringComparison.Ordinal));

    /// <summary>Exchanges the key for the cookie, as the sign-in page does.</summary>
    public Task SignInAsync(string key) => SignInAsync(Context, key);

    /// <inheritdoc cref="SignInAsync(string)" />
    public static async Task SignInAsync(IBrowserContext context, string key)
    {
        var answer = await context.APIRequest.PostAsync("/dashboard/session", new APIRequestContextOptions
        {
            DataObject = new { key },
            Headers = new Dictionary<string, string> { ["Sec-Fetch-Site"] = "same-origin" },
        });
        Assert.True(answer.Ok, $"{answer.Status} {await answer.TextAsync()}");
    }

    /// <summary>Another tab of the same window, with the same cookies. It is watched as the first one is.</summary>
    public async Task<IPage> OpenTabAsync(string page)
    {
        var tab = await Context.NewPageAsync();
        Watch(tab);
        await tab.GotoAsync($"/dashboard/{page}");
        return tab;
    }

    /// <summary>Opens a page of the dashboard by its address.</summary>
    public Task GoAsync(string page) => Page.GotoAsync($"/dashboard/{page}");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>The row of a table that has a text.</summary>
    public ILocator Row(string text) => Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = text });

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>A field of the dialog.</summary>
    public ILocator Field(string label) => Dialog.GetByLabel(label, new LocatorGetByLabelOptions { Exact = true });

    /// <summary>A button of the dialog.</summary>
    public ILocator Choice(string name) => Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true });

    /// <summary>The row of a table that leads to a page, such as <c>tasks/…</c>.</summary>
    public ILocator RowOf(string page) => Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { Has = Page.Locator($"a[href$='/dashboard/{page}']") });

    public ILocator Main => Page.GetByRole(AriaRole.Main);

    /// <summary>Where a page says what was done.</summary>
    public ILocator Toasts => Page.Locator("ob-toasts");

    /// <summary>Opens the menu of a button, and takes what it offers.</summary>
    public async Task ChooseAsync(ILocator menu, string item)
    {
        await menu.ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = item, Exact = true }).ClickAsync();
    }

    /// <summary>Presses the button of the dialog that does it, and waits until it is done.</summary>
    public async Task ConfirmAsync(string action)
    {
        await Choice(action).ClickAsync();
        await Expect(Dialog).ToBeHiddenAsync();
    }

    public Task CloseAsync() => _isShared ? Page.CloseAsync() : Context.CloseAsync();

    private static async Task<Visit> OpenAsync(IBrowserContext context, Uri host, bool isShared)
    {
        var visit = new Visit(host, context, await context.NewPageAsync(), isShared);
        visit.Watch(visit.Page);
        return visit;
    }

    private void Watch(IPage page)
    {
        page.PageError += (_, error) => _troubles.Enqueue($"thrown: {error}");
        page.Console += (_, message) =>
        {
            // A response that is an error is recorded with its address below; here it has none.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _troubles.Enqueue($"console: {message.Text}");
            }
        };
        page.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && new Uri(request.Url).Authority != _host.Authority)
            {
                _troubles.Enqueue($"elsewhere: {request.Method} {request.Url}");
            }
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _troubles.Enqueue($"{response.Status} {response.Request.Method} {new Uri(response.Url).PathAndQuery}");
            }
        };
        page.RequestFailed += (_, request) =>
        {
            if (request.Failure is not "net::ERR_ABORTED") // a page that one leaves ends its requests
            {
                _troubles.Enqueue($"failed {request.Failure}: {request.Method} {request.Url}");
            }
        };
    }
}
