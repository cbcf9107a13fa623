using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Api.Tests.Queues;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Workers;

/// <summary><c>/workers</c>: which processes are alive; and which version answers.</summary>
public sealed class WorkersTests(ReportedQueues reported) : IClassFixture<ReportedQueues>
{
    private readonly StandaloneApi _api = reported.Api;

    [Fact]
    public async Task A_worker_is_shown_with_its_version_and_queues()
    {
        using var client = _api.CreateClient();
        var identity = _api.Services.GetRequiredService<ServiceIdentity>();

        var page = await client.GetFromJsonAsync<JsonElement>("/workers");

        var worker = page.GetProperty("items")[0];
        Assert.Equal(identity.Instance, worker.GetProperty("name").GetString());
        Assert.Equal(("Messaging.Standalone", identity.Version), (worker.GetProperty("service").GetString(), worker.GetProperty("version").GetString()));
        Assert.Equal((true, false), (worker.GetProperty("dispatches").GetBoolean(), worker.GetProperty("runsSchedules").GetBoolean()));
        Assert.Contains(worker.GetProperty("queues").EnumerateArray(), q => q.GetProperty("name").GetString() == "user-registered" && q.GetProperty("concurrency").GetInt32() == 16);
        Assert.Equal((0, 0), (worker.GetProperty("inFlight").GetInt32(), worker.GetProperty("runningCount").GetInt32()));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Workers_come_in_pages()
    {
        using var client = _api.CreateClient();
        for (var i = 1; i <= 3; i++)
        {
            await _api.ExecuteAsync(
                $"INSERT OR REPLACE INTO processes SELECT 'zz:{i}', service, host, process_id, version, started_at, seen_at + 60000, 0, 0 FROM processes WHERE process NOT LIKE 'zz%'");
        }

        var first = await client.GetFromJsonAsync<JsonElement>("/workers?limit=2&after=zz:0");
        var second = await client.GetFromJsonAsync<JsonElement>($"/workers?limit=2&after={first.GetProperty("next").GetString()}");

        Assert.Equal(["zz:1", "zz:2"], Names(first));
        Assert.Equal(["zz:3"], Names(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1000")]
    [InlineData("order=name")]
    public async Task A_wrong_query_is_refused(string query)
    {
        using var client = _api.CreateClient();

        using var refused = await client.GetAsync($"/workers?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_says_the_version_without_the_commit(string path)
    {
        using var client = _api.CreateClient();

        var health = await client.HealthAsync(path);

        Assert.StartsWith(health.GetProperty("version").GetString()!, _api.Services.GetRequiredService<ServiceIdentity>().Version, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+$", health.GetProperty("version").GetString());
        Assert.Equal("Healthy", health.GetProperty("status").GetString());
    }

    private static IEnumerable<string?> Names(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(w => w.GetProperty("name").GetString());
}
