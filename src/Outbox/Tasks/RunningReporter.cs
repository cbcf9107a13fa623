using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tasks;

/// <summary>Shows attempts that take a while as Running: one statement for all of them, now and then.</summary>
internal sealed partial class RunningReporter(
    IOutboxStore store, RunningTasks running, IOptions<OutboxOptions> options, TimeProvider time, ILogger<RunningReporter> logger)
    : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.RunningAfter / 2, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ReportAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task ReportAsync()
    {
        var tasks = running.TakeOlderThan(_options.RunningAfter);
        if (tasks.Count == 0)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(_options.CommitTimeout, time);
            await store.MarkRunningAsync(tasks, deadline.Token);
        }
        catch (Exception exception)
        {
            running.PutBack(tasks);
            LogFailed(FailureText.Of(exception));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Running tasks could not be shown as such: {Error}")]
    private partial void LogFailed(string error);
}
