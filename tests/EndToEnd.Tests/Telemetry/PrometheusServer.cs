using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>
/// Debian's Prometheus with the rules of deploy/. It scrapes and evaluates every second, and an alert fires after a second in place of
/// minutes; nothing else of the rules is changed.
/// </summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly ConcurrentQueue<string> _output;
    private readonly HttpClient _client;

    private PrometheusServer(TemporaryFolder folder, ChildProcess process, ConcurrentQueue<string> output, HttpClient client) =>
        (_folder, _process, _output, _client) = (folder, process, output, client);

    /// <param name="key">What a scrape sends.</param>
    public static async Task<PrometheusServer> StartAsync(string key)
    {
        await Deployed.Tools.RunAsync("prometheus", "--version"); // skips the test where there is none
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("targets"));
        await File.WriteAllTextAsync(folder.File("rules.yml"), Duration().Replace(await File.ReadAllTextAsync(Deployed.RulesPath), "for: 1s"));
        await File.WriteAllTextAsync(folder.File("prometheus.yml"),
            $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: messaging-api
                authorization: { credentials: {{key}} }
                file_sd_configs: [{ files: [targets/api.json], refresh_interval: 1s }]
              - job_name: messaging-worker
                authorization: { credentials: {{key}} }
                file_sd_configs: [{ files: [targets/worker.json], refresh_interval: 1s }]
            """);
        var address = $"127.0.0.1:{AppProcess.FreePort()}";
        var output = new ConcurrentQueue<string>();
        var process = ChildProcess.Start(
            "bash",
            [
                Path.Combine(Deployed.Root, ".ci", "tools"), "prometheus", $"--config.file={folder.File("prometheus.yml")}",
                $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address={address}", "--log.level=warn",
            ],
            new Dictionary<string, string>(),
            output.Enqueue);
        var server = new PrometheusServer(folder, process, output, new HttpClient { BaseAddress = new Uri($"http://{address}"), Timeout = TimeSpan.FromMinutes(1) });
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on these processes are scraped as this job.</summary>
    /// <param name="job"><c>api</c> or <c>worker</c>.</param>
    /// <param name="processes">All of them.</param>
    public async Task ScrapeAsync(string job, params IEnumerable<AppProcess> processes)
    {
        var (file, written) = (_folder.File($"targets/{job}.json"), _folder.File($"targets/{job}.json.new"));
        await File.WriteAllTextAsync(written, JsonSerializer.Serialize(new[] { new { targets = processes.Select(p => p.Client.BaseAddress!.Authority) } }));
        File.Move(written, file, overwrite: true);
    }

    /// <summary>The alerts that fire, each with its labels and its summary.</summary>
    public async Task<IReadOnlyList<FiringAlert>> FiringAsync() =>
    [
        .. (await GetAsync("/api/v1/alerts")).GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing")
            .Select(alert => new FiringAlert(Labels(alert.GetProperty("labels")), Labels(alert.GetProperty("annotations")))),
    ];

    /// <summary>The labels of the samples that a query finds now.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> QueryAsync(string query) =>
    [
        .. (await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}")).GetProperty("result").EnumerateArray().Select(sample => Labels(sample.GetProperty("metric"))),
    ];

    /// <summary>The names of all metrics that a scrape has seen.</summary>
    public async Task<IReadOnlySet<string>> MetricsAsync() =>
        (await GetAsync("/api/v1/label/__name__/values")).EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, string> Labels(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {body}");
        return body.GetProperty("data");
    }

    private async Task ReadyAsync()
    {
        for (var end = DateTime.UtcNow + StartPatience; DateTime.UtcNow < end && !_process.HasExited; await Task.Delay(50))
        {
            try
            {
                using var response = await _client.GetAsync("/-/ready");
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                // It does not listen yet.
            }
        }

        Assert.Fail($"Prometheus does not become ready:\n{string.Join('\n', _output)}");
    }

    [GeneratedRegex(@"\bfor: \d+[smh]", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Duration();

    /// <summary>An alert that fires.</summary>
    internal sealed record FiringAlert(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
    {
        public string Name => Labels["alertname"];

        public override string ToString() => $"{Name}: {Annotations["summary"]}";
    }
}
