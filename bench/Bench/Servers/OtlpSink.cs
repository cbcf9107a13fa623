using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Messaging.Bench.Servers;

/// <summary>Takes what exporters send by OTLP over HTTP, and throws it away: a collector that costs next to nothing.</summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    private const int Port = BenchServers.HttpPort + 8;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, long> _bytes = new();

    private OtlpSink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address);
        _app = builder.Build();
        _app.MapPost("/{sender}/v1/{signal}", async (string sender, HttpRequest request) =>
        {
            var buffer = new byte[65_536];
            int read;
            while ((read = await request.Body.ReadAsync(buffer)) > 0)
            {
                _bytes.AddOrUpdate(sender, read, (_, before) => before + read);
            }

            return TypedResults.Bytes(ReadOnlyMemory<byte>.Empty, "application/x-protobuf"); // an empty answer: all of it was taken
        });
    }

    /// <summary>Bytes that a sender has sent since the last call.</summary>
    public long TakeBytes(string sender) => _bytes.TryRemove(sender, out var bytes) ? bytes : 0;

    /// <summary>The variables by which a process exports its traces to here, and nothing else.</summary>
    /// <param name="sender">Whose bytes they are: a part of the address.</param>
    /// <param name="ratio">The part of the traces that is sampled, 0 to 1.</param>
    public static (string Key, string Value)[] Exporting(string sender, string ratio) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", $"{Address}/{sender}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", ratio),
    ];

    public static async Task<OtlpSink> StartAsync()
    {
        var sink = new OtlpSink();
        await sink._app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Address => $"http://127.0.0.1:{Port}";
}
