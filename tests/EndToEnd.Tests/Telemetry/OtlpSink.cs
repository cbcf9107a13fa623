using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>A collector on loopback that keeps what it is sent over HTTP, as it is: texts of protocol buffers are UTF-8.</summary>
internal sealed class OtlpSink : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    public OtlpSink()
    {
        Address = $"http://127.0.0.1:{AppProcess.FreePort()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>What makes a process export to it, soon.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];

    public string Traces => Of("/v1/traces");

    public string Metrics => Of("/v1/metrics");

    public string Logs => Of("/v1/logs");

    public string Everything => Of("/");

    public void Dispose() => _listener.Close();

    /// <summary>Byte for byte, so that nothing is lost that is no UTF-8.</summary>
    private string Of(string path) => string.Concat(_received.Where(r => r.Path.StartsWith(path, StringComparison.Ordinal)).Select(r => Encoding.Latin1.GetString(r.Body)));

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await TakeAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // It is closed.
        }
    }

    /// <summary>A process that ends in the middle of an export ends nobody else's.</summary>
    private async Task TakeAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
            context.Response.Close();
        }
        catch (Exception exception) when (_listener.IsListening && exception is HttpListenerException or IOException or ObjectDisposedException)
        {
            // It is gone.
        }
    }
}
