using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Serves <c>/metrics</c>, and nothing else, at a port of its own. It is a server of its own, because addresses that are added in code
/// to the process's server would replace those of its settings.
/// </summary>
internal sealed partial class MetricsServer(MeterProvider meters, IOptions<TelemetryOptions> telemetry, IConfiguration configuration, ILogger<MetricsServer> logger)
    : IHostedService, IAsyncDisposable
{
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = telemetry.Value.Metrics;
        var port = options.Port!.Value;
        if (MetricsPort.Problem(configuration, options) is { } problem)
        {
            throw new OptionsValidationException(nameof(TelemetryOptions), typeof(TelemetryOptions), [problem]);
        }

        _server = Create(options, port);
        try
        {
            await _server.StartAsync(cancellationToken);
            LogServed(options.Address, port);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            LogNotServed(options.Address, port, exception.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private WebApplication Create(MetricsPageOptions options, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 32;
            kestrel.Listen(IPAddress.Parse(options.Address), port);
        });
        var server = builder.Build();
        server.Use(static (http, next) =>
        {
            // A scrape is no caller's request (OutboxHealthExtensions).
            http.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
            if (http.Features.Get<IHttpActivityFeature>()?.Activity is { } span)
            {
                RequestSpans.Drop(span);
            }

            return next(http);
        });
        server.UseMetricsKey(options);
        server.UseOpenTelemetryPrometheusScrapingEndpoint(meters, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        return server;
    }

    [LoggerMessage(EventId = 1710, EventName = "MetricsServed", Level = LogLevel.Information, Message = "Metrics are served at http://{Address}:{Port}/metrics")]
    private partial void LogServed(string address, int port);

    [LoggerMessage(
        EventId = 1711, EventName = "MetricsNotServed", Level = LogLevel.Error,
        Message = "Metrics are not served, because {Address}:{Port} cannot be opened: {Error} Set another Telemetry:Metrics:Port or Telemetry:Metrics:Address, and restart")]
    private partial void LogNotServed(string address, int port, string error);
}
