using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Access;

/// <summary>
/// Somebody is signed in, and opens another page: on another port of the same host, to which the browser sends the cookie, or on another site.
/// Whatever that page tries, it changes nothing and reads nothing.
/// </summary>
public abstract class OtherOriginTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private readonly string _name = $"of-a-test-{Guid.NewGuid():N}";
    private OtherOrigin _other = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _other = await OtherOrigin.StartAsync();
        await Seed.ScheduleAsync(_name);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _other.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(true, "application/x-www-form-urlencoded")]
    [InlineData(true, "text/plain")]
    [InlineData(true, "multipart/form-data")]
    [InlineData(false, "text/plain")]
    public async Task A_form_of_another_origin_is_refused(bool isSameSite, string encoding)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Page.EvaluateAsync(
                """
                ([action, enctype]) => {
                  const form = Object.assign(document.createElement('form'), { method: 'POST', action, enctype });
                  document.body.append(form);
                  form.submit();
                }
                """,
                new[] { Act, encoding }),
            response => response.Request.Method == "POST");

        Assert.InRange(answer.Status, 400, 499);
        await NothingHasChangedAsync();
    }

    [Fact]
    public async Task The_same_act_of_the_dashboard_itself_is_done()
    {
        var visit = await VisitAsync();
        var status = await visit.Page.EvaluateAsync<int>(
            "async url => (await fetch(url, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' } })).status", Act);

        Assert.InRange(status, 200, 299);
        Assert.Equal(["schedule.run", "schedule.put"], await ActionsAsync());
    }

    [Theory]
    [InlineData(true, "text/plain")]
    [InlineData(true, "application/x-www-form-urlencoded")]
    [InlineData(false, "text/plain")]
    public async Task A_script_of_another_origin_is_refused(bool isSameSite, string contentType)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Page.EvaluateAsync("([url, type]) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', headers: { 'Content-Type': type }, body: '{}' })", new[] { Act, contentType }),
            response => response.Request.Method == "POST" && response.Url == Act);

        Assert.InRange(answer.Status, 400, 499);
        await NothingHasChangedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_origin_is_not_permitted_to_send_json(bool isSameSite)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        var failed = await visit.Page.EvaluateAsync<string>(
            "url => fetch(url, { method: 'POST', mode: 'cors', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then(r => `sent: ${r.status}`, e => e.name)", Act);

        Assert.Equal("TypeError", failed); // the browser asks first, and is not told that it may
        await NothingHasChangedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_script_of_another_origin_reads_nothing(bool isSameSite)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        foreach (var path in new[] { "tasks", "queues", "audit", "dashboard/session" })
        {
            var url = $"{Host.Address}{path}";
            var answer = await visit.Page.RunAndWaitForResponseAsync(
                () => visit.Page.EvaluateAsync("url => fetch(url, { mode: 'no-cors', credentials: 'include' })", url), response => response.Url == url);
            Assert.True(answer.Status is 401 or 403, $"{path}: {answer.Status}");

            var read = await visit.Page.EvaluateAsync<string>(
                "url => fetch(url, { credentials: 'include' }).then(r => r.text().then(text => `read: ${text}`), e => e.name)", url);
            Assert.Equal("TypeError", read);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_origin_hears_no_events(bool isSameSite)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        var url = $"{Host.Address}tasks/events";
        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Page.EvaluateAsync("url => fetch(url, { mode: 'no-cors', credentials: 'include', headers: { Accept: 'text/event-stream' } })", url), response => response.Url == url);
        Assert.True(answer.Status is 401 or 403, $"{answer.Status}");

        var heard = await visit.Page.EvaluateAsync<string>(
            """
            url => new Promise(resolve => {
              const source = new EventSource(url, { withCredentials: true });
              source.onopen = source.onmessage = () => resolve('heard');
              source.onerror = () => { source.close(); resolve('refused'); };
            })
            """,
            url);
        Assert.Equal("refused", heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_origin_shows_the_dashboard_in_no_frame(bool isSameSite)
    {
        var visit = await VisitElsewhereAsync(isSameSite);
        await visit.Page.EvaluateAsync(
            "url => new Promise(resolve => { const frame = document.createElement('iframe'); frame.onload = resolve; frame.src = url; document.body.append(frame); })",
            $"{Host.Address}dashboard/");

        Assert.DoesNotContain(visit.Page.Frames, f => f.Url.StartsWith($"{Host.Address}", StringComparison.Ordinal));
    }

    private string Act => $"{Host.Address}schedules/{_name}/run";

    /// <summary>Signed in to the dashboard, and then on the other page with the same cookies.</summary>
    private async Task<Visit> VisitElsewhereAsync(bool isSameSite)
    {
        var visit = await VisitAsync();
        await Expect(visit.Heading("Overview")).ToBeVisibleAsync();
        visit.AllowAll();
        await visit.Page.GotoAsync((isSameSite ? _other.SameSite : _other.CrossSite).ToString());
        return visit;
    }

    private async Task NothingHasChangedAsync() => Assert.Equal(["schedule.put"], await ActionsAsync());

    /// <summary>What was done to the schedule, the newest first.</summary>
    private async Task<IEnumerable<string?>> ActionsAsync() =>
        (await Seed.GetAsync($"/audit?target={_name}")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()).ToList();
}

public sealed class OtherOriginOnSqlite(Chromium chromium, SharedHosts hosts) : OtherOriginTests(chromium, hosts, Store.Sqlite);

public sealed class OtherOriginOnPostgres(Chromium chromium, SharedHosts hosts) : OtherOriginTests(chromium, hosts, Store.Postgres);
