using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Api.Tests.Queues;

namespace Messaging.Api.Tests.Overview;

/// <summary><c>/overview</c>: what is going on, and how it went.</summary>
public sealed class OverviewTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(("Outbox:FiguresInterval", "00:00:01")); // a lease lasts three of them, also on a busy machine
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        await _api.QueuesAreReportedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task The_overview_shows_tasks_queues_and_workers()
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/log?message=one"));

        var overview = await WhenAsync(ReadAsync, o => IsSettled(o) && o.GetProperty("totals").GetProperty("succeededLastHour").GetInt32() == 1, "the task is counted, and the process has reported");

        Assert.Equal(("Messaging.Standalone", "SQLite"), (overview.GetProperty("service").GetString(), overview.GetProperty("store").GetString()));
        var totals = overview.GetProperty("totals");
        Assert.Equal((1, 0, true, 0), (totals.GetProperty("accepted").GetInt32(), totals.GetProperty("balance").GetInt32(), totals.GetProperty("balanceIsKnown").GetBoolean(), totals.GetProperty("deadLetters").GetInt32()));
        Assert.Equal((1, 1, 1), (Worker(overview, "processes"), Worker(overview, "consuming"), Worker(overview, "dispatching")));
        Assert.Empty(overview.GetProperty("attention").EnumerateArray());
        Assert.Empty(overview.GetProperty("unavailable").EnumerateArray());
        var queue = Queue(overview, "log-requested");
        Assert.Equal((30, 0), (queue.GetProperty("trend").GetArrayLength(), queue.GetProperty("depth").GetInt32()));
        Assert.Equal(0, queue.GetProperty("utilisation").GetDouble());
        Assert.Equal(JsonValueKind.Null, queue.GetProperty("pausedBy").ValueKind);
    }

    [Fact]
    public async Task A_paused_queue_says_who_paused_it()
    {
        using var paused = await _client.PostAsync("/queues/log-requested/pause", null);

        var queue = await WhenAsync(async () => Queue(await ReadAsync(), "log-requested"), q => q.GetProperty("paused").GetBoolean(), "it is paused");

        Assert.Equal("local", queue.GetProperty("pausedBy").GetString());
        Assert.InRange(queue.GetProperty("pausedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        var alone = await _client.GetFromJsonAsync<JsonElement>("/queues/log-requested");
        Assert.Equal("local", alone.GetProperty("pausedBy").GetString());
    }

    [Theory]
    [InlineData("", 60, 60)]
    [InlineData("?window=Hour", 60, 60)]
    [InlineData("?window=Day&queue=log-requested", 900, 96)]
    [InlineData("?window=week", 7_200, 84)]
    public async Task History_counts_what_happened_in_equal_steps(string query, int seconds, int points)
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/log?message=one"));

        var history = await WhenAsync(
            () => _client.GetFromJsonAsync<JsonElement>($"/overview/history{query}"), h => Sum(h, "succeeded") == 1 && h.GetProperty("points").EnumerateArray().Any(p => p.GetProperty("p99Seconds").ValueKind == JsonValueKind.Number), "the task is there");

        Assert.Equal((seconds, points), (history.GetProperty("stepSeconds").GetInt32(), history.GetProperty("points").GetArrayLength()));
        Assert.Equal((1, 1), (Sum(history, "accepted"), Sum(history, "attempts")));
        Assert.Equal(history.GetProperty("from").GetDateTimeOffset(), history.GetProperty("points")[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, history.GetProperty("points")[0].GetProperty("p50Seconds").ValueKind);
    }

    [Theory]
    [InlineData("/overview/history?window=Year")]
    [InlineData("/overview/history?window=0")]
    [InlineData("/overview/history?from=2026")]
    public async Task A_wrong_chart_is_refused(string path)
    {
        using var refused = await _client.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("/overview")]
    [InlineData("/overview/history")]
    [InlineData("/overview/events")]
    public async Task Nobody_looks_without_a_key(string path)
    {
        _client.DefaultRequestHeaders.Remove("X-Api-Key");

        using var refused = await _client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    /// <summary>
    /// Whether the consumer is done, and the process has added up and reported a moment ago: on a busy machine it may be late, and then it does not count as alive.
    /// </summary>
    private static bool IsSettled(JsonElement overview) =>
        overview.GetProperty("totals").GetProperty("balanceIsKnown").GetBoolean() && Worker(overview, "processes") == 1 && Worker(overview, "consuming") == 1
        && Queue(overview, "log-requested").GetProperty("utilisation") is { ValueKind: JsonValueKind.Number } utilisation && utilisation.GetDouble() == 0;

    private static async Task<JsonElement> WhenAsync(Func<Task<JsonElement>> read, Func<JsonElement, bool> holds, string what)
    {
        JsonElement last = default;
        await Eventually.True(async () => holds(last = await read()), () => $"{what}: {last}");
        return last;
    }

    private Task<JsonElement> ReadAsync() => _client.GetFromJsonAsync<JsonElement>("/overview");

    private static int Worker(JsonElement overview, string name) => overview.GetProperty("workers").GetProperty(name).GetInt32();

    private static JsonElement Queue(JsonElement overview, string name) =>
        overview.GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("name").GetString() == name);

    private static int Sum(JsonElement history, string name) => history.GetProperty("points").EnumerateArray().Sum(p => p.GetProperty(name).GetInt32());
}
