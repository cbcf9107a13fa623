using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Access;

public abstract class SignInTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    [Fact]
    public async Task A_key_signs_in_and_opens_the_page_of_the_address()
    {
        var visit = await VisitAsync("schedules", key: null);
        visit.Allow("401 GET /dashboard/session");
        await visit.Page.GetByLabel("Access key").FillAsync(Keys.Ann);
        await visit.Button("Sign in").ClickAsync();

        await Expect(visit.Heading("Schedules")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_in_words()
    {
        var visit = await VisitAsync("", key: null);
        visit.Allow("401 ");
        await visit.Page.GetByLabel("Access key").FillAsync("msg_of-nobody-0123456789-0123456789-0123456789");
        await visit.Button("Sign in").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not signed in");
        await Expect(visit.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_key_is_nowhere_in_the_browser_and_its_cookie_is_hidden()
    {
        var visit = await VisitAsync("", key: null);
        visit.Allow("401 GET /dashboard/session");
        await visit.Page.GetByLabel("Access key").FillAsync(Keys.Ann);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Heading("Overview")).ToBeVisibleAsync();

        var kept = await visit.Page.EvaluateAsync<string>("() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])");
        Assert.DoesNotContain(Keys.Ann, kept, StringComparison.Ordinal);
        var cookie = Assert.Single(await visit.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.NotEqual(-1, cookie.Expires);
        Assert.DoesNotContain(Keys.Ann, cookie.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(cookie.Value, kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_in_every_tab()
    {
        var visit = await VisitAsync("schedules");
        var other = await visit.OpenTabAsync("workers");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Workers" })).ToBeVisibleAsync();
        var cookies = await visit.Context.CookiesAsync();
        visit.Allow("401 ");
        await visit.ChooseAsync(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }), "Sign out");
        await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync(); // as soon as it asks for anything

        // The cookie of before, which somebody may have kept, is of no use.
        await visit.Context.AddCookiesAsync(cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path, HttpOnly = true, SameSite = SameSiteAttribute.Strict }));
        await visit.GoAsync("schedules");
        await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_session_that_has_expired_asks_for_the_key()
    {
        var name = $"of-a-test-{Guid.NewGuid():N}";
        await Seed.ScheduleAsync(name);
        var visit = await VisitAsync($"audit?target={name}"); // which asks for nothing by itself, so that the page is there until the link is clicked
        await Expect(visit.Row("Saved a schedule")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Status)).ToHaveTextAsync("Live");
        visit.Allow("401 ");
        await visit.Context.ClearCookiesAsync(); // as a browser does at the expiry

        await visit.Link("Schedules").ClickAsync();

        await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Access key").FillAsync(Keys.Ann);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Heading("Schedules")).ToBeVisibleAsync();
    }
}

public sealed class SignInOnSqlite(Chromium chromium, SharedHosts hosts) : SignInTests(chromium, hosts, Store.Sqlite);

public sealed class SignInOnPostgres(Chromium chromium, SharedHosts hosts) : SignInTests(chromium, hosts, Store.Postgres);
