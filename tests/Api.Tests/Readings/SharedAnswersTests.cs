using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Api.Tests.Queues;
using Messaging.Outbox.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Readings;

/// <summary>Many look at the same: it is read at most once a second, and an act of an operator is seen at once.</summary>
public sealed class SharedAnswersTests : IAsyncLifetime
{
    private const int Viewers = 200;

    private readonly RequestStatements _statements = new();
    private readonly StandaloneApi _api;
    private HttpClient _client = null!;
    private Guid _task;

    public SharedAnswersTests() => _api = new StandaloneApi { Replaces = _statements.AddTo };

    public async ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        await _api.QueuesAreReportedAsync();
        await PutAsync("0 3 * * *");
        (await _client.PostAsync("/queues/log-requested/pause", null)).EnsureSuccessStatusCode();
        _task = await _api.AcceptedAsync(null, "/log?message=paused");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("/queues")]
    [InlineData("/queues/log-requested")]
    [InlineData("/workers?limit=10")]
    [InlineData("/schedules")]
    [InlineData("/schedules/nightly")]
    [InlineData("/tasks/{id}/why")]
    [InlineData("/tasks/{id}/timeline")]
    [InlineData("/tasks/{id}/graph")]
    [InlineData("/tasks?why=true&limit=20")]
    public async Task Two_hundred_viewers_cost_one_reading_a_second(string path)
    {
        path = path.Replace("{id}", $"{_task}", StringComparison.Ordinal);
        (await _client.PostAsync("/queues/log-requested/pause", null)).EnsureSuccessStatusCode(); // nothing is kept
        var before = _statements.Count;
        (await _client.GetAsync(path)).EnsureSuccessStatusCode();
        var one = _statements.Count - before;
        Assert.InRange(one, 1, 40);

        before = _statements.Count;
        var since = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, Viewers).Select(_ => _client.GetAsync(path)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.InRange(_statements.Count - before, 0, one * ((int)since.Elapsed.TotalSeconds + 1)); // readings begin a second apart
    }

    [Fact]
    public async Task A_list_with_its_parameters_in_another_order_is_the_same()
    {
        (await _client.PostAsync("/queues/log-requested/pause", null)).EnsureSuccessStatusCode();
        var answers = _api.Services.GetRequiredService<SharedAnswers>();
        var before = answers.Count;

        foreach (var query in (string[])["why=true&limit=20&queue=a%26b", "limit=20&queue=a%26b&why=true", "queue=a%26b&why=true&LIMIT=20"])
        {
            (await _client.GetAsync($"/tasks?{query}")).EnsureSuccessStatusCode();
        }

        Assert.Equal(before + 1, answers.Count);
        (await _client.GetAsync("/tasks?why=true&limit=20&queue=a")).EnsureSuccessStatusCode();
        Assert.Equal(before + 2, answers.Count);
    }

    [Fact]
    public async Task What_an_operator_does_is_in_the_next_answer()
    {
        foreach (var paused in (bool[])[false, true, false, true])
        {
            (await _client.PostAsync($"/queues/log-requested/{(paused ? "pause" : "resume")}", null)).EnsureSuccessStatusCode();

            Assert.Equal(paused, (await ReadAsync("/queues/log-requested")).GetProperty("paused").GetBoolean());
            Assert.Equal(paused, Named(await ReadAsync("/queues"), "log-requested").GetProperty("paused").GetBoolean());
            Assert.Equal(paused, Named(await ReadAsync("/overview"), "log-requested", "queues").GetProperty("paused").GetBoolean());
        }
    }

    [Fact]
    public async Task A_reason_knows_what_was_done_a_moment_ago()
    {
        Assert.Equal("QueuePaused", (await ReadAsync($"/tasks/{_task}/why")).GetProperty("code").GetString());

        (await _client.PostAsync($"/tasks/{_task}/cancel", null)).EnsureSuccessStatusCode();

        Assert.Equal("Cancelled", (await ReadAsync($"/tasks/{_task}/why")).GetProperty("code").GetString());
        Assert.Contains((await ReadAsync($"/tasks/{_task}/timeline")).GetProperty("items").EnumerateArray(), item => item.GetProperty("type").GetString() == "Cancelled");
    }

    [Fact]
    public async Task A_schedule_is_shown_as_it_was_just_put()
    {
        foreach (var cron in (string[])["0 4 * * *", "0 5 * * *", "0 6 * * *"])
        {
            await PutAsync(cron);

            Assert.Equal(cron, (await ReadAsync("/schedules/nightly")).GetProperty("cron").GetString());
            Assert.Equal(cron, Named(await ReadAsync("/schedules"), "nightly").GetProperty("cron").GetString());
        }

        (await _client.DeleteAsync("/schedules/nightly")).EnsureSuccessStatusCode();
        using var gone = await _client.GetAsync("/schedules/nightly");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private Task<JsonElement> ReadAsync(string path) => _client.GetFromJsonAsync<JsonElement>(path);

    private static JsonElement Named(JsonElement page, string name, string items = "items") =>
        page.GetProperty(items).EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    private async Task PutAsync(string cron)
    {
        using var body = new StringContent(
            $$"""{ "cron": "{{cron}}", "type": "LogRequested", "message": { "level": "Information", "message": "tick", "loggedAt": "2026-05-04T12:00:00Z" } }""",
            Encoding.UTF8, "application/json");
        (await _client.PutAsync("/schedules/nightly", body)).EnsureSuccessStatusCode();
    }
}
