using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Readings that overlap: an answer that comes late never takes the place of a newer one. The pages have an API that the test plays.</summary>
public sealed class LateAnswerTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string ScheduleOf = "{ name: 'night', cron: '0 3 * * *', timeZone: 'UTC', type: 'A', message: {}, misfire: 'fire_once', lastRuns: [], paused }";

    private const string QueueOf =
        "{ name: 'mail', depth: 1, delayed: 0, deadLetters: 0, inFlight: 0, consumers: [], priority: 'Normal', utilisation: null, oldestSeconds: null, acceptedPerSecond: 0, succeededPerSecond: 0, failedPerSecond: 0, trend: [], ...changes }";

    private const string TaskOf = "{ id: 't', kind: 'A', state: 'Running', queue: 'mail', attempts: 1, createdAt: '2026-01-31T23:30:05Z', payload: {}, ...changes }";

    [Fact]
    public async Task A_poll_from_before_a_pause_does_not_undo_it()
    {
        await Page.RouteAsync("**/schedules/night/pause", route => route.FulfillAsync(new() { ContentType = "application/json", Body = "{}" }));
        await PlayAsync("schedule", "{ name: 'night' }", $"const schedule = paused => ({ScheduleOf}); Object.assign(window, {{ schedule }});");
        await RunAsync("asked[0].answer(schedule(false));");
        await RunAsync("document.dispatchEvent(new Event('visibilitychange'));"); // the next poll
        await Page.WaitForFunctionAsync("() => asked.length === 2");
        await Drawn.GetByRole(AriaRole.Button, new() { Name = "Pause …" }).ClickAsync();
        await Visit.ConfirmAsync("Pause");
        await Page.WaitForFunctionAsync("() => asked.length === 3");

        await RunAsync("asked[2].answer(schedule(true)); await asked[2].promise; asked[1].answer(schedule(false));");

        await Expect(Drawn.GetByRole(AriaRole.Button, new() { Name = "Resume …" })).ToBeVisibleAsync();
        await Expect(Drawn.GetByRole(AriaRole.Button, new() { Name = "Pause …" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_figures_of_a_queue_do_not_go_back()
    {
        await PlayAsync("queue", "{ name: 'mail' }", $"const queue = changes => ({QueueOf}); Object.assign(window, {{ queue }});");
        await RunAsync("own()[0].answer(queue({ depth: 7 }));");
        await RunAsync("document.dispatchEvent(new Event('visibilitychange'));");
        await Page.WaitForFunctionAsync("() => own().length === 2");

        await RunAsync("handlers.forEach(handler => handler({ queues: [queue({ depth: 5 })] })); own()[1].answer(queue({ depth: 7, inFlight: 3 }));");

        await Expect(Drawn.Locator(".tile").Filter(new() { HasText = "Messages in flight" })).ToContainTextAsync("0");
        await Expect(Drawn.Locator(".tile").Filter(new() { HasText = "Messages waiting" }).Locator(".tile-value")).ToHaveTextAsync("5");
    }

    [Fact]
    public async Task A_capped_figure_of_the_list_does_not_replace_the_queues_own()
    {
        await PlayAsync("queue", "{ name: 'mail' }", $"const queue = changes => ({QueueOf}); Object.assign(window, {{ queue }});");
        await RunAsync("own()[0].answer(queue({ depth: 12, deadLetters: 50000 }));");
        await Expect(Drawn).ToContainTextAsync("50,000");

        await RunAsync("handlers.forEach(handler => handler({ queues: [queue({ depth: 13, deadLetters: 10000, deadLettersAreCapped: true })] }));");

        await Expect(Drawn.Locator(".tile").Filter(new() { HasText = "Messages waiting" }).Locator(".tile-value")).ToHaveTextAsync("13");
        await Expect(Drawn.Locator(".tile").Filter(new() { HasText = "Dead letters" }).Locator(".tile-value")).ToHaveTextAsync("50,000");
    }

    [Fact]
    public async Task A_state_that_an_event_brought_stays()
    {
        await PlayAsync("task", "{ id: 't' }", $"const task = changes => ({TaskOf}); Object.assign(window, {{ task }});");
        await AnswerTaskAsync(0);
        await Expect(Drawn.Locator("ob-state").First).ToHaveTextAsync("Running");
        await RunAsync("document.dispatchEvent(new Event('visibilitychange'));"); // it is read again
        await Page.WaitForFunctionAsync("() => asked.length === 5");

        await RunAsync("on.task({ state: 'Succeeded' });");
        await AnswerTaskAsync(4);

        await Expect(Drawn.Locator("ob-state").First).ToHaveTextAsync("Succeeded");
    }

    [Fact]
    public async Task A_late_overview_does_not_replace_a_newer_one()
    {
        var shown = await RunAsync<int[]>(
            """
            const { overview } = await import('/dashboard/lib/overview.js');
            const answers = [];
            const real = window.fetch;
            window.fetch = address => (String(address).endsWith('/overview')
              ? new Promise(resolve => answers.push(n => resolve(new Response(JSON.stringify({ n, totals: {}, queues: [], attention: [] })))))
              : real(address));
            const seen = [];
            const handler = value => value?.n && seen.push(value.n);
            const gone = new AbortController();
            overview.follow(handler, gone.signal);
            const [slow, fast] = [overview.read(), overview.read()];
            answers[1](2);
            await fast;
            answers[0](1);
            await slow;
            gone.abort();
            window.fetch = real;
            return seen;
            """);

        Assert.Equal([2], shown);
    }

    /// <summary>Answers a reading of a task, which begins with the task as it runs.</summary>
    private async Task AnswerTaskAsync(int first)
    {
        await RunAsync($"asked[{first}].answer(task({{}}));");
        await Page.WaitForFunctionAsync($"() => asked.length >= {first + 4}"); // why, timeline and graph
        await RunAsync($"asked.slice({first + 1}).forEach(({{ path, answer }}) => path !== '/tasks/t' && answer({{ code: 'Running', message: 'It runs.', items: [], nodes: [], edges: [], isComplete: true }}));");
    }

    /// <summary>Draws a page whose requests wait in <c>asked</c> until they are answered; those of its own address are in <c>own()</c>.</summary>
    private Task PlayAsync(string page, string parameters, string values) => RunAsync(
        $$"""
        {{values}}
        Object.assign(window, { asked: [], handlers: [], on: {}, own: () => asked.filter(({ path }) => !path.startsWith('/overview')) });
        const get = path => {
          const { promise, resolve } = Promise.withResolvers();
          asked.push({ path, answer: resolve, promise });
          return promise;
        };
        const session = { value: { role: 'operate', name: 'ann' } };
        const live = { follow: (path, options) => Object.assign(on, options.on), addEventListener: () => { }, state: 'live' };
        const overview = { value: null, follow: handler => handlers.push(handler), read: () => { } };
        const { page } = await import('/dashboard/pages/{{page}}.js');
        root.append(page({ api: { get, curl: () => '' }, live, overview, session: session.value, settings: {}, setTitle: () => { }, query: {}, params: {{parameters}}, signal: new AbortController().signal }));
        """);
}
