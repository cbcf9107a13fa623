using System.Text;
using System.Text.Json;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>No body, address, key or token is in anything that a process prints or exports.</summary>
public sealed class LeakTests
{
    [Fact]
    public async Task Standalone_exports_and_prints_no_secret()
    {
        using var sink = new OtlpSink();
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>(WideLimits.Environment)
        {
            ["Standalone__DataFolder"] = folder.Path,
            ["Outbox__CommitTimeout"] = "00:00:30",
            ["Logging__Console__FormatterName"] = "json",
            ["Mail__FailFor__0"] = SecretRun.Dead,
            ["Endpoints__Default__Retry__MaxAttempts"] = "1",
        };
        foreach (var (name, value) in sink.Settings)
        {
            environment[name] = value;
        }

        await using var app = await AppProcess.Start("Standalone", environment).ReadyAsync();
        Directory.CreateDirectory(folder.File("mails"));
        var key = (await File.ReadAllTextAsync(folder.File("operator.key"))).TrimEnd();
        var run = new SecretRun(app.Client, key, () => Directory.GetFiles(folder.File("mails"), "*.eml").Select(File.ReadAllText));
        await run.RunAsync();
        Assert.Equal(0, await app.TerminateAsync());

        AssertExported(sink, "Messaging.Standalone");
        AssertNoneIn(run.Secrets, sink.Everything, app.Output);
        AssertIsJson(app.Output);
    }

    [Fact]
    public async Task Real_servers_export_and_print_no_secret()
    {
        using var sink = new OtlpSink();
        var settings = sink.Settings.Append(("Logging__Console__FormatterName", "json"));
        await using var system = await RealSystem.StartAsync([.. settings]);
        system.Smtp.RecipientReplies.Enqueue($"550 <{SecretRun.Dead}> unknown");
        var key = system.Api.Client.DefaultRequestHeaders.GetValues("X-Api-Key").Single();
        system.Api.Client.DefaultRequestHeaders.Remove("X-Api-Key");
        var run = new SecretRun(system.Api.Client, key, () => system.Smtp.Mails);
        await run.RunAsync();
        Assert.Equal((0, 0), (await system.Api.TerminateAsync(), await system.Worker.TerminateAsync()));

        AssertExported(sink, "Messaging.Api");
        AssertExported(sink, "Messaging.Worker");
        Assert.Contains("db.client.operation.duration", sink.Metrics, StringComparison.Ordinal);
        Assert.Contains("db.query.text", sink.Traces, StringComparison.Ordinal);
        AssertNoneIn(run.Secrets, sink.Everything, system.Api.Output + system.Worker.Output);
        AssertIsJson(system.Api.Output);
        AssertIsJson(system.Worker.Output);
        Assert.Contains("\"TaskId\":", system.Worker.Output, StringComparison.Ordinal); // the scope of the delivery that failed
    }

    private static void AssertExported(OtlpSink sink, string service)
    {
        Assert.Contains(service, sink.Metrics, StringComparison.Ordinal);
        Assert.Contains(service, sink.Logs, StringComparison.Ordinal);
        Assert.Contains("ProcessStarted", sink.Logs, StringComparison.Ordinal);
        Assert.Contains("/register", sink.Traces, StringComparison.Ordinal);
        Assert.Contains("dotnet.process.memory.working_set", sink.Metrics, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", sink.Metrics, StringComparison.Ordinal);
    }

    private static void AssertNoneIn(IEnumerable<string> secrets, string exported, string printed)
    {
        foreach (var secret in secrets)
        {
            var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret));
            Assert.False(exported.Contains(bytes, StringComparison.OrdinalIgnoreCase), $"exported: {secret} in {Around(exported, bytes)}");
            Assert.False(printed.Contains(secret, StringComparison.OrdinalIgnoreCase), $"printed: {secret} in {Around(printed, secret)}");
        }
    }

    private static string Around(string text, string part)
    {
        var at = text.IndexOf(part, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 200)];
    }

    private static void AssertIsJson(string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var entry = JsonDocument.Parse(line);
            Assert.True(entry.RootElement.TryGetProperty("Timestamp", out _) && entry.RootElement.TryGetProperty("Scopes", out _), line);
        }
    }
}
