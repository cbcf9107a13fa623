using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Exports what is left when everything else has stopped, all signals at once and for a bounded time. The providers alone would take
/// five seconds each, one after the other, if the collector does not answer.
/// </summary>
internal sealed class TelemetryFlush(IEnumerable<TracerProvider> traces, IEnumerable<MeterProvider> metrics, IEnumerable<LoggerProvider> logs)
    : IHostedLifecycleService
{
    /// <summary>How much longer a stop may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private const int Milliseconds = 3_000;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [
            .. traces.Select(provider => Run(() => provider.Shutdown(Milliseconds))),
            .. metrics.Select(provider => Run(() => provider.Shutdown(Milliseconds))),
            .. logs.Select(provider => Run(() => provider.Shutdown(Milliseconds))),
        ])
        .WaitAsync(Limit + TimeSpan.FromMilliseconds(500), cancellationToken);

    /// <summary>On a thread of its own, because it blocks.</summary>
    private static Task Run(Func<bool> shutdown) => Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
