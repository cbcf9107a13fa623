using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Decides what a span records of an exception: its message without addresses, and its stack without messages. It listens to the
/// exported sources only: MassTransit leaves its fast paths as soon as anybody listens to it.
/// </summary>
internal sealed class ExceptionRedaction : IHostedService, IDisposable
{
    private readonly ActivityListener _listener;

    public ExceptionRedaction(HashSet<string> sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            ExceptionRecorder = static (Activity _, Exception exception, ref TagList tags) =>
            {
                tags.Add("exception.message", Redacted.Text(exception.Message));
                tags.Add("exception.stacktrace", exception.StackTrace ?? "");
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();
}
