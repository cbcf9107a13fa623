using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>Makes tasks in every state, and what else a page shows, as an operator would: by the HTTP API.</summary>
internal sealed class Seed(HttpClient client)
{
    private static readonly object Entry = EntryOf("from a browser test");

    /// <summary>A task that writes an entry into the activity log, and succeeds.</summary>
    public async Task<Guid> SucceededAsync(string? text = null) =>
        await UntilAsync(await AddAsync(new { type = "LogRequested", message = text is null ? Entry : EntryOf(text) }), "Succeeded");

    /// <summary>A task that is due in an hour.</summary>
    public Task<Guid> DelayedAsync(string? kind = null) => AddAsync(new { type = "LogRequested", message = Entry, kind, delay = "01:00:00" });

    public async Task<Guid> CancelledAsync()
    {
        var id = await DelayedAsync();
        await PostAsync($"/tasks/{id}/cancel");
        return id;
    }

    /// <summary>A task whose mail fails for good, so that it has a dead letter.</summary>
    public async Task<Guid> FailedAsync()
    {
        await PostAsync($"/register?email={DashboardHost.Broken}");
        return await UntilAsync(await AddAsync(Welcome()), "Failed");
    }

    /// <summary>A task whose mail fails for good, and its dead letter.</summary>
    public async Task<(Guid Task, Guid Letter)> DeadLetterAsync()
    {
        var task = await FailedAsync();
        return (task, (await GetAsync($"/dead-letters?taskId={task}")).GetProperty("items")[0].GetProperty("id").GetGuid());
    }

    /// <summary>What became of a dead letter.</summary>
    public async Task<string> LetterStateAsync(Guid id) => (await GetAsync($"/dead-letters/{id}")).GetProperty("deadLetter").GetProperty("state").GetString()!;

    /// <summary>A task that fails for good, with one after it that is blocked for that reason.</summary>
    public async Task<(Guid Failed, Guid Blocked)> BlockedAsync()
    {
        await PostAsync($"/register?email={DashboardHost.Broken}");
        var tasks = await AddAllAsync(new { type = "UserRegistered", message = Broken(), then = new[] { new { type = "LogRequested", message = Entry } } });
        return (await UntilAsync(tasks[0], "Failed"), await UntilAsync(tasks[1], "Blocked"));
    }

    /// <summary>A task that is due in an hour, with one after it that waits for it.</summary>
    public async Task<(Guid First, Guid Waiting)> WaitingAsync()
    {
        var tasks = await AddAllAsync(new { type = "LogRequested", message = Entry, delay = "01:00:00", then = new[] { new { type = "LogRequested", message = Entry } } });
        return (tasks[0], tasks[1]);
    }

    /// <summary>A task that is due in an hour, with many after it, one after the other.</summary>
    public Task ChainAsync(string firstKind, string nextKind, int following) => AddAllAsync(new
    {
        type = "LogRequested",
        message = Entry,
        kind = firstKind,
        delay = "01:00:00",
        then = Enumerable.Repeat(new { type = "LogRequested", message = Entry, kind = nextKind }, following),
    });

    /// <summary>A schedule that runs once a year.</summary>
    public async Task ScheduleAsync(string name, string cron = "30 2 1 1 *", string timeZone = "Europe/Berlin")
    {
        using var response = await client.PutAsJsonAsync($"/schedules/{name}", new { cron, timeZone, type = "LogRequested", message = Entry });
        await CheckAsync(response);
    }

    /// <summary>Keeps a schedule of the service, which a worker declares after its start, from adding to what a test counts.</summary>
    public Task PauseScheduleAsync(string name) => Eventually.True(
        async () =>
        {
            using var response = await client.PostAsync(new Uri($"/schedules/{name}/pause", UriKind.Relative), content: null);
            return response.IsSuccessStatusCode;
        },
        $"the schedule {name} is paused");

    public Task PauseAsync(string queue) => PostAsync($"/queues/{queue}/pause");

    public Task ResumeAsync(string queue) => PostAsync($"/queues/{queue}/resume");

    public async Task<Guid> AddAsync(object body) => (await AddAllAsync(body))[0];

    /// <summary>The task, and those after it, in their order.</summary>
    public async Task<IReadOnlyList<Guid>> AddAllAsync(object body)
    {
        using var response = await client.PostAsJsonAsync("/tasks", body);
        await CheckAsync(response);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [accepted.GetProperty("taskId").GetGuid(), .. accepted.GetProperty("taskIds").EnumerateArray().Select(id => id.GetGuid())];
    }

    public async Task<Guid> UntilAsync(Guid id, string state)
    {
        var last = "";
        await Eventually.True(async () => (last = await StateAsync(id)) == state, () => $"{id} is {state}; it is {last}");
        return id;
    }

    public async Task<string> StateAsync(Guid id) => (await GetAsync($"/tasks/{id}")).GetProperty("state").GetString()!;

    public Task<JsonElement> GetAsync(string path) => client.GetFromJsonAsync<JsonElement>(path);

    public async Task PostAsync(string path, object? body = null)
    {
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), body is null ? null : JsonContent.Create(body));
        await CheckAsync(response);
    }

    private static object EntryOf(string text) => new { level = "Information", message = text, loggedAt = "2026-05-04T00:00:00Z" };

    private static object Broken() => new { userId = Guid.CreateVersion7(), email = DashboardHost.Broken, registeredAt = "2026-05-04T00:00:00Z" };

    private static object Welcome() => new { type = "UserRegistered", message = Broken() };

    private static async Task CheckAsync(HttpResponseMessage response) =>
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}
