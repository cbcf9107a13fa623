using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Telemetry;

/// <summary>
/// Logs once that code of others that watches the telemetry has thrown: a listener, a sampler, a span processor. An instrument and a
/// span call it at once, within whatever is measured, which must neither fail nor be repeated because of it. So all calls that reach
/// it are in <see cref="OutboxMetrics"/> and <see cref="OutboxTraces"/>, which catch what it throws.
/// </summary>
/// <remarks>Spans have a source for the whole process, so each host of it logs.</remarks>
internal sealed partial class TelemetryFailures : IDisposable
{
    private static ImmutableList<TelemetryFailures> _hosts = [];

    private readonly ILogger _logger;
    private bool _isLogged;

    public TelemetryFailures(ILogger<TelemetryFailures> logger)
    {
        _logger = logger;
        ImmutableInterlocked.Update(ref _hosts, hosts => hosts.Add(this));
    }

    /// <summary>Never throws.</summary>
    public static void Report(Exception exception)
    {
        foreach (var host in _hosts)
        {
            host.Log(exception);
        }
    }

    public void Dispose() => ImmutableInterlocked.Update(ref _hosts, hosts => hosts.Remove(this));

    private void Log(Exception exception)
    {
        if (Interlocked.Exchange(ref _isLogged, true))
        {
            return;
        }

        try
        {
            LogFailed(exception);
        }
        catch (Exception)
        {
            // A logger that throws must not make the work fail either.
        }
    }

    [LoggerMessage(
        EventId = 1730, EventName = "TelemetryFailed", Level = LogLevel.Warning,
        Message = "A listener, sampler or processor of the telemetry has thrown; it misses what it was called for, and nothing else is affected; correct or remove it (logged once)")]
    private partial void LogFailed(Exception exception);
}
