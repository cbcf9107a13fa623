using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dispatch;

/// <summary>
/// Gives back what this process has claimed and has not finished, when all of it has ended. The next start would count it as deliveries that a process died of, and
/// after some restarts a backlog would be quarantined.
/// </summary>
internal sealed partial class ClaimRelease(IOutboxStore outbox, IOptions<OutboxOptions> options, TimeProvider time, ILogger<ClaimRelease> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private int _hasRun;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Has a deadline of its own: that of the host may be over by now.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Dispatch || Interlocked.Exchange(ref _hasRun, 1) != 0)
        {
            return; // a host that is stopped from two sides may have closed the database by the second time
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            await outbox.ReleaseAsync(deadline.Token);
        }
        catch (Exception exception)
        {
            LogNotReleased(FailureText.Of(exception));
        }
    }

    [LoggerMessage(
        EventId = 1205, EventName = "ClaimsNotReleased", Level = LogLevel.Warning,
        Message = "Messages in flight could not be given back at the stop; the next start makes them due, and counts each as an unfinished delivery. Check the database if this goes on: {Error}")]
    private partial void LogNotReleased(string error);
}
