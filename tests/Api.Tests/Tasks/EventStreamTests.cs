using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Api.Tests.Tasks;

/// <summary>Who may follow when many want to.</summary>
public sealed class EventStreamTests
{
    [Fact]
    public async Task Three_hundred_anonymous_streams_leave_the_operators_theirs()
    {
        await using var api = Api(("EventStreams:MaxPerAddress", "1000"), ("EventStreams:MaxPerTask", "1000"), ("EventStreams:MaxAnonymous", "100"));
        using var anonymous = Anonymous(api);
        using var keyed = api.CreateClient();
        var id = await WaitingAsync(api);

        var streams = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => OpenAsync(anonymous, id)));
        using var all = await keyed.GetAsync("/tasks/events", HttpCompletionOption.ResponseHeadersRead);
        using var one = await OpenAsync(keyed, id);

        Assert.Equal((100, 200), (streams.Count(s => s.IsSuccessStatusCode), streams.Count(s => s.StatusCode == HttpStatusCode.ServiceUnavailable)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (all.StatusCode, one.StatusCode));
        Array.ForEach(streams, s => s.Dispose());
    }

    [Theory]
    [InlineData("MaxPerAddress", "Your address")]
    [InlineData("MaxPerTask", "The task")]
    public async Task Too_many_streams_per_address_or_task_are_a_429(string limit, string reason)
    {
        await using var api = Api(($"EventStreams:{limit}", "2"));
        using var anonymous = Anonymous(api);
        using var keyed = api.CreateClient();
        var id = await WaitingAsync(api);

        using var first = await OpenAsync(anonymous, id);
        using var second = await OpenAsync(anonymous, id);
        using var third = await OpenAsync(anonymous, id);
        using var operators = await OpenAsync(keyed, id);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (second.StatusCode, operators.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal(5, third.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Contains(reason, await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_its_slot()
    {
        await using var api = Api(("EventStreams:MaxPerTask", "1"));
        using var anonymous = Anonymous(api);
        var id = await WaitingAsync(api);
        var first = await OpenAsync(anonymous, id);
        using (var refused = await OpenAsync(anonymous, id))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        first.Dispose();

        await Eventually.True(
            async () =>
            {
                using var next = await OpenAsync(anonymous, id);
                return next.IsSuccessStatusCode;
            },
            "the slot is free");
    }

    [Fact]
    public async Task A_stop_ends_the_streams()
    {
        await using var api = Api();
        using var client = api.CreateClient();
        var stream = await client.GetStreamAsync($"/tasks/{await WaitingAsync(api)}/events");
        await using var events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var end = events.MoveNextAsync();

        await api.Services.GetRequiredService<IHost>().StopAsync();

        Assert.False(await end);
    }

    [Fact]
    public async Task An_event_shows_anonymous_callers_what_the_task_shows()
    {
        await using var api = new StandaloneApi();
        using var anonymous = Anonymous(api);
        using var keyed = api.CreateClient();
        var first = await api.AcceptedAsync(null, "/log?message=first");
        await api.SucceededAsync(first);
        var again = await api.AcceptedAsync(null, $"/tasks/{first}/run-again");
        var seen = await api.SucceededAsync(again);
        Assert.Equal(first, seen.GetProperty("runAgainOf").GetGuid());

        var task = await anonymous.GetFromJsonAsync<JsonElement>($"/tasks/{again}");
        using var response = await OpenAsync(anonymous, again);
        var item = await SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().FirstAsync(e => e.EventType == "task");

        using var shown = JsonDocument.Parse(item.Data);
        Assert.Equal(["id", "kind", "state"], Named(shown.RootElement).Intersect(["id", "kind", "state"]));
        Assert.Empty(Named(shown.RootElement).Except(Named(task)));
    }

    /// <summary>The members that say something.</summary>
    private static List<string> Named(JsonElement task) =>
        [.. task.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => member.Name).Order(StringComparer.Ordinal)];

    private static StandaloneApi Api(params (string, string)[] settings) => new(settings);

    private static HttpClient Anonymous(StandaloneApi api)
    {
        var client = api.CreateClient();
        client.DefaultRequestHeaders.Remove("X-Api-Key");
        return client;
    }

    /// <summary>A task that does not end: its queue is paused.</summary>
    private static async Task<Guid> WaitingAsync(StandaloneApi api)
    {
        await api.PauseAsync("log-requested");
        return await api.AcceptedAsync(null, "/log?level=Information&message=waits");
    }

    private static Task<HttpResponseMessage> OpenAsync(HttpClient client, Guid id) =>
        client.GetAsync($"/tasks/{id}/events", HttpCompletionOption.ResponseHeadersRead);
}
