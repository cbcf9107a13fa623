using System.Net.Http.Headers;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>In a process of its own: OpenTelemetry listens to the meters of all hosts of a process, and forgets those of a host that ends.</summary>
public sealed class ProbeTests
{
    private const string Key = "a-key-of-the-scraper-alone", Count = "http_server_request_duration_seconds_count";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Probes_and_scrapes_are_no_requests(bool ownPort)
    {
        using var folder = new TemporaryFolder();
        var port = AppProcess.FreePort();
        var settings = new Dictionary<string, string> { ["Standalone__DataFolder"] = folder.Path };
        settings[ownPort ? "Telemetry__Metrics__Port" : "Telemetry__Metrics__Key"] = ownPort ? $"{port}" : Key;
        await using var app = await AppProcess.Start("Standalone", settings).ReadyAsync();
        using var scraper = new HttpClient { BaseAddress = ownPort ? new Uri($"http://127.0.0.1:{port}") : app.Client.BaseAddress };
        scraper.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        foreach (var path in (string[])["/health/live", "/health/ready", "/task-types"])
        {
            using var response = await app.Client.GetAsync(path);
        }

        using var unknown = await scraper.GetAsync("/metrics/unknown");
        IReadOnlyList<string> counted = [];
        await Eventually.True(
            async () =>
            {
                counted = [.. (await scraper.GetStringAsync("/metrics")).Split('\n').Where(line => line.StartsWith(Count, StringComparison.Ordinal))];
                return counted.Any(line => line.Contains("http_route=\"/task-types", StringComparison.Ordinal)) && (ownPort || counted.Any(IsUnknown));
            },
            "a caller's requests are counted");

        Assert.DoesNotContain(counted, line => line.Contains("/health", StringComparison.Ordinal) || line.Contains("http_route=\"/metrics", StringComparison.Ordinal));
        Assert.Equal(ownPort ? 0 : 1, counted.Count(IsUnknown));
        Assert.Equal(ownPort ? 1 : 2, counted.Count);
    }

    private static bool IsUnknown(string line) => line.Contains("=\"404\"", StringComparison.Ordinal);
}
