using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Messaging.Outbox;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Messaging.Api.Tests.Overview;

/// <summary><c>GET /overview/events</c>: one reading for all viewers, which outlasts a database that does not answer.</summary>
public sealed class OverviewEventsTests
{
    private const string Path = "/overview/events";

    [Fact]
    public async Task The_overview_comes_first_and_then_each_change()
    {
        await using var api = new StandaloneApi(("Outbox:FiguresInterval", "00:00:01"));
        using var client = api.CreateClient();
        await using var viewer = await FollowAsync(client);
        var first = await NextAsync(viewer, "overview");

        await api.SucceededAsync(await api.AcceptedAsync(null, "/log?message=one"));

        var changed = await WhenAsync(viewer, o => o.GetProperty("totals").GetProperty("accepted").GetInt32() == 1);
        Assert.Equal("SQLite", JsonSerializer.Deserialize<JsonElement>(first.Data).GetProperty("store").GetString());
        Assert.NotEqual(first.EventId, changed.EventId);
    }

    [Fact]
    public async Task A_stream_goes_on_where_the_last_one_ended()
    {
        await using var api = new StandaloneApi(("Outbox:FiguresInterval", "00:00:01"));
        using var client = api.CreateClient();
        var last = await StillAsync(client);
        client.DefaultRequestHeaders.Add("Last-Event-ID", last);
        await using var viewer = await FollowAsync(client);

        using var paused = await client.PostAsync("/queues/log-requested/pause", null);

        var next = await NextAsync(viewer, "overview");
        Assert.NotEqual(last, next.EventId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Two_hundred_viewers_cost_what_one_does(int viewers)
    {
        await using var api = new StandaloneApi();
        var watched = new WatchedProcesses();
        await using var app = Watched(api, watched);
        using var client = Keyed(app, api);
        var streams = await Task.WhenAll(Enumerable.Range(0, viewers).Select(_ => FollowAsync(client)));
        Assert.All(await Task.WhenAll(streams.Select(s => NextAsync(s, "overview"))), first => Assert.NotNull(first.EventId));
        Volatile.Write(ref watched.Readings, 0);
        var since = Stopwatch.StartNew();

        await Task.Delay(TimeSpan.FromSeconds(4));

        Assert.InRange(Volatile.Read(ref watched.Readings), 0, (int)since.Elapsed.TotalSeconds + 2); // one a second, with one that had begun before; fewer where one takes long
        await Task.WhenAll(streams.Select(s => s.DisposeAsync().AsTask()));
        await Eventually.True(
            () =>
            {
                var before = Volatile.Read(ref watched.Readings);
                Thread.Sleep(1_500);
                return Volatile.Read(ref watched.Readings) == before;
            },
            "nobody reads when nobody looks");
    }

    [Fact]
    public async Task Without_the_database_the_stream_stays_open_and_goes_on_later()
    {
        await using var api = new StandaloneApi();
        var watched = new WatchedProcesses();
        await using var app = Watched(api, watched);
        using var client = Keyed(app, api);
        await using var viewer = await FollowAsync(client);
        await NextAsync(viewer, "overview");

        watched.IsDown = true;
        var unavailable = await NextAsync(viewer, "unavailable");
        using var refused = await client.GetAsync("/overview");
        watched.IsDown = false;
        using var paused = await client.PostAsync("/queues/log-requested/pause", null);

        Assert.Contains("The database does not answer.", unavailable.Data, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull((await NextAsync(viewer, "overview")).EventId);
    }

    [Fact]
    public async Task A_stop_ends_the_stream()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await using var viewer = await FollowAsync(client);
        await NextAsync(viewer, "overview");
        var end = EndAsync(viewer);

        await api.Services.GetRequiredService<IHost>().StopAsync();

        await end.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Too_many_streams_are_refused()
    {
        await using var api = new StandaloneApi(("EventStreams:MaxKeyed", "1"));
        using var client = api.CreateClient();
        await using var first = await FollowAsync(client);

        using var refused = await client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(5, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    private static WebApplicationFactory<Standalone.StandaloneOptions> Watched(StandaloneApi api, WatchedProcesses watched) =>
        api.WithWebHostBuilder(web => web.ConfigureTestServices(services =>
        {
            var inner = services.Single(s => s.ServiceType == typeof(IProcessStore));
            services.Replace(ServiceDescriptor.Singleton<IProcessStore>(provider =>
            {
                watched.Inner = (IProcessStore)ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!);
                return watched;
            }));
        }));

    private static HttpClient Keyed(WebApplicationFactory<Standalone.StandaloneOptions> app, StandaloneApi api)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Remove("X-Api-Key");
        client.DefaultRequestHeaders.Add("X-Api-Key", File.ReadAllText(api.OperatorKeyFile).TrimEnd());
        return client;
    }

    private static async Task<Viewer> FollowAsync(HttpClient client)
    {
        var stream = await client.GetStreamAsync(Path);
        return new Viewer(stream, SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator());
    }

    private static async Task<SseItem<string>> NextAsync(Viewer viewer, string type)
    {
        do
        {
            Assert.True(await viewer.Events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
        while (viewer.Events.Current.EventType != type);

        return viewer.Events.Current;
    }

    private static async Task<SseItem<string>> WhenAsync(Viewer viewer, Func<JsonElement, bool> holds)
    {
        SseItem<string> next;
        do
        {
            next = await NextAsync(viewer, "overview");
        }
        while (!holds(JsonSerializer.Deserialize<JsonElement>(next.Data)));

        return next;
    }

    /// <summary>The id of an overview that does not change any more.</summary>
    private static async Task<string> StillAsync(HttpClient client)
    {
        await using var viewer = await FollowAsync(client);
        var last = await WhenAsync(viewer, o => o.GetProperty("queues").GetArrayLength() == 13 && o.GetProperty("totals").GetProperty("balanceIsKnown").GetBoolean());
        var next = viewer.Events.MoveNextAsync().AsTask();
        while (await Task.WhenAny(next, Task.Delay(3_000)) == next)
        {
            last = viewer.Events.Current;
            next = viewer.Events.MoveNextAsync().AsTask();
        }

        _ = next.ContinueWith(t => t.Exception, TaskScheduler.Default);
        return last.EventId!;
    }

    private static async Task EndAsync(Viewer viewer)
    {
        while (await viewer.Events.MoveNextAsync())
        {
            // a change that came before
        }
    }

    /// <summary>One who looks, until it is disposed of.</summary>
    private sealed record Viewer(Stream Stream, IAsyncEnumerator<SseItem<string>> Events) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Stream.DisposeAsync();
    }

    /// <summary>Counts the readings, and is out of reach when a test wants it.</summary>
    private sealed class WatchedProcesses : IProcessStore
    {
        public int Readings;
        public volatile bool IsDown;

        public IProcessStore Inner { get; set; } = null!;

        public Task<IReadOnlyList<ProcessRecord>> ListAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref Readings);
            return IsDown ? throw new StoreUnavailableException("The test wants it.") : Inner.ListAsync(cancellationToken);
        }
    }
}
