using Messaging.Outbox.Queues;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Processes;

/// <summary>Logs in one line which version runs and what it does.</summary>
internal sealed partial class StartNotice(
    ServiceIdentity service, QueueEndpoints queues, IOptions<OutboxOptions> options, ILogger<StartNotice> logger, IHostEnvironment? environment)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        LogStarted(service.Name, service.Version, service.Instance, environment?.EnvironmentName ?? "unknown", string.Join(", ", Work()));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Work()
    {
        var count = queues.All.Count;
        yield return options.Value.Dispatch ? "dispatches" : "does not dispatch";
        yield return options.Value.RunSchedules ? "runs schedules" : "runs no schedules";
        yield return count == 0 ? "consumes no queue" : $"consumes {count} queue{(count == 1 ? "" : "s")}";
    }

    [LoggerMessage(EventId = 1000, EventName = "ProcessStarted", Level = LogLevel.Information, Message = "{Service} {Version} has started as {Instance} in {Environment}: it {Work}")]
    private partial void LogStarted(string service, string version, string instance, string environment, string work);
}
