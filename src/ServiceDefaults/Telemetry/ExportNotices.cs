using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Logs once that telemetry cannot be exported, and once that it is again. OpenTelemetry reports failures to an
/// <see cref="System.Diagnostics.Tracing.EventSource"/> only, which nobody reads.
/// </summary>
internal sealed partial class ExportNotices(ExportEvents events, ILogger<ExportNotices> logger) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        events.Report(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        events.Report(null);
        return Task.CompletedTask;
    }

    public void Dispose() => events.Dispose();

    [LoggerMessage(
        EventId = 1700, EventName = "TelemetryNotExported", Level = LogLevel.Warning,
        Message = "Telemetry cannot be exported to {Endpoint} by {Protocol} ({Error}). What cannot be exported is dropped; nothing else is affected. Check OTEL_EXPORTER_OTLP_ENDPOINT, its collector and the protocol: with a collector's HTTP port, 4318, set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")]
    public partial void LogFailed(string endpoint, string protocol, string error);

    [LoggerMessage(EventId = 1701, EventName = "TelemetryExportedAgain", Level = LogLevel.Information, Message = "Telemetry is exported again")]
    public partial void LogExported();

    [LoggerMessage(EventId = 1702, EventName = "TelemetrySettingIgnored", Level = LogLevel.Warning, Message = "A setting of the telemetry is wrong; correct or remove it: {Problem}")]
    public partial void LogIgnored(string problem);

    [LoggerMessage(EventId = 1703, EventName = "TelemetryExported", Level = LogLevel.Information, Message = "{Signals} are exported to {Endpoint} by {Protocol}")]
    public partial void LogPlace(string signals, string endpoint, string protocol);
}
