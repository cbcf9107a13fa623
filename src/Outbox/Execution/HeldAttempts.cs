using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Holds a delivery while the database is unavailable, because nothing can be executed or recorded meanwhile; this does not count
/// as a failed attempt. A consumer's query may also time out while the database is available: such a delivery is not held forever.
/// </summary>
internal sealed partial class HeldAttempts(GroupCommitter committer, StoreClock time, ILogger<HeldAttempts> logger)
{
    /// <summary>
    /// After this many <see cref="StoreUnavailableException"/>s the database is pinged. If it answers, the attempt has failed.
    /// </summary>
    private const int MaxInVain = 5;

    private readonly OutageLog _held = new(time, error => LogHeld(logger, error));

    /// <summary>Runs an attempt, and repeats it while the database is unavailable.</summary>
    /// <returns>The failure of an attempt that was held in vain, which no immediate retry may follow; null if the attempt has ended.</returns>
    public Task<TimeoutException?> RunAsync(IDeliveryCaller caller, int retries)
    {
        var (delivery, inVain) = (caller.Delivery, 0);
        var cancellationToken = delivery.Message.CancellationToken;
        return StoreWait.RunAsync<TimeoutException?>(
            async () =>
            {
                try
                {
                    await caller.AttemptAsync(retries);
                    return null;
                }
                catch (StoreUnavailableException exception) when (++inVain >= MaxInVain)
                {
                    await committer.PingAsync(cancellationToken);
                    var failure = new TimeoutException($"The database is available, but it failed for this attempt {inVain} times in a row: {exception.Message}", exception);
                    delivery.Log.Start(Guid.Empty, time.GetUtcNow());
                    delivery.Log.Fail(Guid.Empty, time.GetUtcNow(), failure);
                    return failure;
                }
            },
            _held.Report,
            time,
            cancellationToken);
    }

    [LoggerMessage(
        EventId = 1309, EventName = "AttemptHeld", Level = LogLevel.Warning,
        Message = "Messages wait for the database; check it if this goes on: {Error}")]
    private static partial void LogHeld(ILogger logger, string error);
}
