using System.Data.Common;
using System.Net;
using System.Text.Json;
using Messaging.Api.Logs.AccessLog;
using Messaging.Outbox;
using Messaging.Outbox.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Logs;

/// <summary>A request that was answered is an entry of the activity log.</summary>
public sealed class AccessLogTests(LoggedApi shared) : IClassFixture<LoggedApi>
{
    private const string Entries = "activity_log WHERE properties LIKE '%\"route\":%'";
    private static readonly (string, string) On = ("AccessLog:Enabled", "true");

    [Fact]
    public async Task A_request_is_logged_once_without_its_body_or_query()
    {
        await using var api = new StandaloneApi(On);
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/register?displayName=hidden-name")
        {
            Content = new FormUrlEncodedContent([new("email", "hidden@example.org")]),
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.True(async () => await api.CountAsync(Entries) == 1, "it is logged");
        var properties = await PropertiesAsync(api);
        var duration = properties["durationMs"];
        Assert.Equal(
            ["durationMs", "method=POST", "route=/register", "status=202", "trace=0af7651916cd43dd8448eb211c80319c", "user=local"],
            properties.Select(p => p.Key == "durationMs" ? p.Key : $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
        Assert.Equal($"2|POST /register 202 in {duration} ms", await api.ExecuteAsync($"SELECT level || '|' || message FROM {Entries}"));
        Assert.Equal(0, await api.CountAsync("activity_log WHERE message || properties LIKE '%hidden%'"));
        Assert.Equal(0, await api.CountAsync($"tasks WHERE id IN (SELECT id FROM {Entries})"));
    }

    [Theory]
    [InlineData("GET", "/no/such/path", "3|GET (none) 404")]
    [InlineData("GET", "/tasks/01a20dc2-b4a1-7feb-aac8-7acb97de3ec5", "3|GET /tasks/{id:guid} 404")]
    [InlineData("GET", "/tasks?limit=many", "3|GET /tasks 400")]
    [InlineData("PATCH", "/register", "3|PATCH (none) 405")]
    [InlineData("HACK-hidden", "/no/such/path", "3|_OTHER (none) 404")]
    [InlineData("GET", "/audit", "2|GET /audit 200")]
    public async Task The_level_goes_by_the_status_and_the_route_shows_no_path(string method, string path, string logged)
    {
        using var client = shared.Api.CreateClient();

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await IsLoggedAsync(shared.Api, logged);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")] // problem details are not written then
    public async Task A_failed_request_is_logged_with_the_clients_500(string accept)
    {
        await using var api = new StandaloneApi(On);
        await using var broken = api.WithWebHostBuilder(builder => builder.ConfigureTestServices(services =>
            services.AddSingleton<IStoreReader>(new ReaderThat(_ => throw new InvalidOperationException("hidden")))));
        using var client = broken.CreateClient();
        client.DefaultRequestHeaders.Add("Accept", accept);

        using var response = await client.GetAsync("/data");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await IsLoggedAsync(api, "4|GET /data 500");
    }

    [Fact]
    public async Task An_unhandled_exception_reaches_the_server_and_is_logged_as_a_500()
    {
        await using var api = new StandaloneApi();
        var options = Options.Create(new AccessLogOptions());
        using var queue = new AccessLogQueue(options, api.Services.GetRequiredService<AccessLogDrops>());
        var middleware = new AccessLogMiddleware(_ => throw new InvalidOperationException("hidden"), queue, options, Options.Create(new DashboardOptions()), new StoreClock(TimeProvider.System));

        await Assert.ThrowsAsync<InvalidOperationException>(() => middleware.InvokeAsync(new DefaultHttpContext()));

        Assert.Equal(500, Assert.Single(queue.Take(10)).Status);
    }

    [Fact]
    public async Task An_aborted_request_is_logged_as_aborted()
    {
        await using var api = new StandaloneApi(On);
        var isAsked = new TaskCompletionSource();
        await using var slow = api.WithWebHostBuilder(builder => builder.ConfigureTestServices(services =>
            services.AddSingleton<IStoreReader>(new ReaderThat(token =>
            {
                isAsked.TrySetResult();
                return Task.Delay(Timeout.Infinite, token);
            }))));
        using var client = slow.CreateClient();
        using var patience = new CancellationTokenSource();

        var answer = client.GetAsync("/data", patience.Token);
        await isAsked.Task;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await IsLoggedAsync(api, "3|GET /data 499");
    }

    [Fact]
    public async Task Event_streams_are_logged_at_their_end_probes_and_pages_never()
    {
        await using var api = new StandaloneApi(On);
        using var client = api.CreateClient();
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await IsLoggedAsync(api, "2|POST /register 202");

        var stream = client.GetStringAsync($"/tasks/{id}/events");
        await client.GetAsync("/health/live");
        await client.GetAsync("/health/ready");
        await client.GetAsync("/dashboard/queues"); // who looks must not fill a queue
        await client.GetAsync("/dashboard/app.js");
        await client.GetAsync("/audit");
        await IsLoggedAsync(api, "2|GET /audit 200");
        Assert.Equal(2, await api.CountAsync(Entries));
        using var cancel = await client.PostAsync($"/tasks/{id}/cancel", null);
        await stream;

        await IsLoggedAsync(api, "2|GET /tasks/{id:guid}/events 200");
        Assert.Equal(0, await api.CountAsync("activity_log WHERE message LIKE '%health%' OR message LIKE '%dashboard%'"));
    }

    [Theory]
    [InlineData("true", "192.0.2.1")]
    [InlineData("false", null)]
    public async Task An_address_is_logged_only_if_the_settings_say_so(string wanted, string? address)
    {
        await using var api = new StandaloneApi(On, ("AccessLog:IncludeAddress", wanted));

        await api.Server.SendAsync(context =>
        {
            context.Request.Path = "/audit";
            context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        });

        await IsLoggedAsync(api, "3|GET /audit 401");
        Assert.Equal(address, (await PropertiesAsync(api)).GetValueOrDefault("address"));
    }

    [Theory]
    [InlineData("AccessLog:SampleRatio", "0", 0)]
    [InlineData("AccessLog:Enabled", "false", 0)]
    [InlineData("AccessLog:SampleRatio", "1", 20)]
    public async Task Unwanted_entries_are_not_dropped_and_waiting_ones_survive_the_stop(string setting, string value, int expected)
    {
        await using var api = new StandaloneApi(On, (setting, value));
        using var client = api.CreateClient();
        using var dropped = new DropCounter(api.Services);
        for (var i = 0; i < 20; i++)
        {
            using var response = await client.GetAsync("/audit");
        }

        await api.Services.GetRequiredService<IHost>().StopAsync();

        // In one look: Program.cs stops the host as well, and what that waits for may go on after the call above.
        Assert.Equal(0, dropped.Total);
        Assert.Equal(expected, await api.CountAsync($"(SELECT id FROM {Entries} UNION SELECT message_id FROM outbox)"));
    }

    [Fact]
    public async Task Entries_over_the_rate_limit_are_counted_and_reported()
    {
        await using var api = new StandaloneApi(On, ("AccessLog:MaxPerSecond", "1"));
        using var client = api.CreateClient();
        using var dropped = new DropCounter(api.Services);

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.GetAsync("/audit");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await Eventually.True(async () => await api.CountAsync(Entries) + dropped.Total == 20, "each is logged or counted");
        Assert.InRange(dropped.Of(AccessLogDrops.RateLimit), 1, 19);
        await Eventually.True(
            async () => await api.CountAsync("activity_log WHERE level = 3 AND message LIKE '% requests are missing from the access log'") == 1,
            "the log reports them");
    }

    [Fact]
    public async Task Without_a_database_requests_are_answered_and_lost_entries_counted()
    {
        await using var api = new StandaloneApi(On, ("AccessLog:Capacity", "1"), ("AccessLog:MaxPerSecond", "100000"), ("Outbox:CommitTimeout", "00:00:03")); // reads have no more, also on a busy machine
        using var client = api.CreateClient();
        using var dropped = new DropCounter(api.Services);

        await using (await api.HoldWritesAsync())
        {
            await Eventually.True(
                async () =>
                {
                    using var response = await client.GetAsync("/audit");
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    return dropped.Of(AccessLogDrops.QueueFull) > 0 && dropped.Of(AccessLogDrops.NotStored) > 0;
                },
                "both are counted");
        }

        await Eventually.True(
            async () =>
            {
                using var response = await client.GetAsync("/tasks");
                return await api.CountAsync("activity_log WHERE message LIKE 'GET /tasks %'") > 0;
            },
            "it goes on by itself");
    }

    private static Task IsLoggedAsync(StandaloneApi api, string logged) => Eventually.True(
        async () => await api.CountAsync($"{Entries} AND level || '|' || message LIKE '{logged} in %'") == 1, $"'{logged}' is logged once");

    private static async Task<Dictionary<string, string>> PropertiesAsync(StandaloneApi api) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>((string)(await api.ExecuteAsync($"SELECT properties FROM {Entries}"))!)!;

    private sealed class ReaderThat(Func<CancellationToken, Task> does) : IStoreReader
    {
        public async Task<IReadOnlyList<T>> QueryAsync<T>(
            string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default)
        {
            await does(cancellationToken);
            return [];
        }
    }
}
