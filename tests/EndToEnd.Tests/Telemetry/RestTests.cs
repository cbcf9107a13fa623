using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>Processes that have nothing to do print nothing.</summary>
public sealed class RestTests
{
    private static readonly Dictionary<string, string> ShortIntervals = new()
    {
        ["Outbox__PollInterval"] = "00:00:00.2",
        ["Outbox__QueueReportInterval"] = "00:00:01",
        ["Outbox__SchedulePollInterval"] = "00:00:00.2",
        ["Outbox__ClockInterval"] = "00:00:00.5",
        ["Outbox__CleanUpInterval"] = "00:00:01",
        ["Outbox__EventInterval"] = "00:00:00.2",
        ["Logging__LogLevel__Default"] = "Information",
    };

    [Fact]
    public async Task Standalone_prints_nothing_at_rest()
    {
        using var folder = new TemporaryFolder();
        await using var app = await AppProcess.Start("Standalone", new(ShortIntervals) { ["Standalone__DataFolder"] = folder.Path, ["Outbox__RunSchedules"] = "false" }).ReadyAsync();
        app.Client.DefaultRequestHeaders.Add("X-Api-Key", (await File.ReadAllTextAsync(folder.File("operator.key"))).TrimEnd());

        await RestsAsync(app.Client, app);
    }

    [Fact]
    public async Task Api_and_worker_print_nothing_at_rest()
    {
        await using var system = await RealSystem.StartAsync([.. ShortIntervals.Append(new("Outbox__RunSchedules", "false")).Select(s => (s.Key, s.Value))]);

        await RestsAsync(system.Api.Client, system.Api, system.Worker);
    }

    /// <summary>Waits until all have reported several times, and compares what they have printed.</summary>
    private static async Task RestsAsync(HttpClient client, params IReadOnlyList<AppProcess> processes)
    {
        await Eventually.True(() => processes.All(p => p.Output.Contains("Content root path", StringComparison.Ordinal)), "they have started");
        await ReportAsync(client, processes.Count);
        var printed = processes.Select(p => p.Output).ToList();

        await ReportAsync(client, processes.Count);

        Assert.Equal(printed, processes.Select(p => p.Output));
    }

    /// <summary>A process is missing until it has reported for the first time, and where it could not report for a while.</summary>
    private static async Task ReportAsync(HttpClient client, int count)
    {
        Dictionary<string, DateTimeOffset> seen = [];
        await Eventually.True(async () => (seen = await SeenAsync(client)).Count == count, "all are there");
        await Eventually.True(
            async () => await SeenAsync(client) is var now && seen.All(s => now.TryGetValue(s.Key, out var at) && at - s.Value >= TimeSpan.FromSeconds(3)), "all have reported several times");
    }

    private static async Task<Dictionary<string, DateTimeOffset>> SeenAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/workers")).GetProperty("items").EnumerateArray()
            .ToDictionary(w => w.GetProperty("name").GetString()!, w => w.GetProperty("seenAt").GetDateTimeOffset());
}
