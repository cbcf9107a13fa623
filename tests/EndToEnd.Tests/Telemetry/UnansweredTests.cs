using System.Net;
using System.Net.Sockets;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>A collector that does not answer slows and fails nothing, and is said once.</summary>
public sealed class UnansweredTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "grpc")]
    [InlineData(false, "http/protobuf")]
    [InlineData(true, "grpc")]
    [InlineData(true, "http/protobuf")]
    public async Task An_unanswered_endpoint_is_said_once_and_fails_nothing(bool accepts, string protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, accepts ? 0 : AppProcess.FreePort());
        if (accepts)
        {
            listener.Start(); // the connection is made, and nobody reads
        }

        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        await using var app = await Start(("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{endpoint}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)).ReadyAsync();
        var ledger = new Ledger();
        for (var i = 0; i < 20; i++)
        {
            await ledger.SendOneAsync(app.Client, $"/log?message=entry{i}");
        }

        await ledger.AllSucceededAsync(app.Client);
        await Eventually.True(() => Said(app) > 0, "it is said");
        for (var i = 0; i < 20; i++)
        {
            await ledger.SendOneAsync(app.Client, $"/log?message=again{i}");
            await Task.Delay(100); // several more exports
        }

        Assert.Equal(0, await app.TerminateAsync());
        Assert.Equal(1, Said(app));
        Assert.Contains($"http://{endpoint}", app.Output, StringComparison.Ordinal);
        Assert.Contains($"Traces, metrics and logs are exported to http://{endpoint} by {protocol}", app.Output, StringComparison.Ordinal);
        Assert.Contains($"cannot be exported to http://{endpoint} by {protocol} (", app.Output, StringComparison.Ordinal);
        Assert.Contains("Check OTEL_EXPORTER_OTLP_ENDPOINT", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_values_are_named_once_and_stop_nothing()
    {
        string[] wrong =
        [
            "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_TRACES_SAMPLER", "OTEL_LOGS_EXPORTER", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
        ];
        await using var app = await Start([("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), .. wrong.Select(name => (name, "LeakedToken"))]).ReadyAsync();

        await AssertNamedAsync(app, wrong);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Bearer LeakedToken")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=LeakedToken,a=LeakedToken")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "LeakedToken")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/LeakedToken.pem")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "LeakedToken")]
    public async Task What_no_exporter_can_be_made_of_is_named_once(string name, string value)
    {
        await using var app = await Start(("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:9"), (name, value)).ReadyAsync();

        await AssertNamedAsync(app, name);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public async Task What_is_switched_off_is_not_exported(string name, string value)
    {
        using var sink = new OtlpSink();
        await using (var app = await Start([.. sink.Settings, (name, value)]).ReadyAsync())
        {
            await new Ledger().SendOneAsync(app.Client, "/log?message=entry");
            Assert.Equal(0, await app.TerminateAsync());
        }

        Assert.Empty(sink.Traces);
        Assert.Equal(value == "true", sink.Everything.Length == 0);
    }

    private static async Task AssertNamedAsync(AppProcess app, params IReadOnlyList<string> names)
    {
        Assert.Equal(0, await app.TerminateAsync());
        var ignored = app.Output.Split('\n').Where(line => line.Contains("A setting of the telemetry is wrong", StringComparison.Ordinal)).ToList();
        Assert.Equal(names.Count, ignored.Count);
        foreach (var name in names)
        {
            Assert.Single(ignored, line => line.Contains($"{name} ", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("LeakedToken", app.Output, StringComparison.Ordinal);
    }

    private static int Said(AppProcess app) =>
        app.Output.Split('\n').Count(line => line.Contains("Telemetry cannot be exported", StringComparison.Ordinal));

    private AppProcess Start(params IReadOnlyList<(string Key, string Value)> settings)
    {
        var environment = new Dictionary<string, string>(WideLimits.Environment)
        {
            ["Standalone__DataFolder"] = _folder.Path,
            ["Outbox__CommitTimeout"] = "00:00:30",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "300",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1000",
        };
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        return AppProcess.Start("Standalone", environment);
    }
}
