using Messaging.Outbox.Redelivery;
using Messaging.Outbox;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>Logs configured settings that nothing reads, and settings of unknown queues, at the start.</summary>
internal sealed partial class SettingsWarnings(
    IConfiguration configuration, SettingsCheck check, ConsumerQueues queues, IQueueStore store, ILogger<SettingsWarnings> logger) : IHostedLifecycleService
{
    public const string Queues = "Endpoints", Default = "Default";

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var unknown in check.Run().Unknown)
        {
            LogUnknown(unknown);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Checks the settings of queues after the bus has started, when the queues are known. A process without consumers is not checked,
    /// because queue settings are for workers. The queues of other workers are read from the database, so that all workers can share
    /// a configuration.
    /// </summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var own = queues.Names;
        var unknown = configuration.GetSection(Queues).GetChildren().Select(s => s.Key)
            .Where(name => !own.Append(Default).Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (own.Count == 0 || unknown.Count == 0)
        {
            return;
        }

        var reported = await ReportedAsync(cancellationToken);
        foreach (var name in unknown.Where(name => !reported.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            LogUnknown(Nearest.To(name, own.Concat(reported)) is { } near
                ? $"{Queues}:{name} is not a queue; did you mean {Queues}:{near}?"
                : $"{Queues}:{name} is not a queue of this process; its queues are {string.Join(", ", own.Order(StringComparer.Ordinal))}");
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<string>> ReportedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await store.ListAsync(cancellationToken)).Select(q => q.Settings.Name)];
        }
        catch (StoreUnavailableException)
        {
            return [];
        }
    }

    [LoggerMessage(EventId = 1050, EventName = "SettingUnknown", Level = LogLevel.Warning, Message = "A setting is not used; correct or remove it: {Setting}")]
    private partial void LogUnknown(string setting);
}
