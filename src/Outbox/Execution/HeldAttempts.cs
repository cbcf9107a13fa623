using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// While the database is unavailable nothing can be done or recorded: the delivery is held, which is not a failure. However, a
/// query of the consumer may time out although the database is available; such a delivery must not be held forever.
/// </summary>
internal sealed partial class HeldAttempts(GroupCommitter committer, StoreClock time, ILogger<HeldAttempts> logger)
{
    /// <summary>
    /// The number of times an attempt may find the database unavailable although it is not, before that counts as a failure of
    /// the attempt.
    /// </summary>
    private const int MaxInVain = 5;

    /// <summary>Runs an attempt, and repeats it while the database is unavailable.</summary>
    public Task RunAsync(IDeliveryCaller caller, int retries)
    {
        var (delivery, inVain) = (caller.Delivery, 0);
        var cancellationToken = delivery.Message.CancellationToken;
        return StoreWait.RunAsync(
            async () =>
            {
                try
                {
                    await caller.AttemptAsync(retries);
                    return true;
                }
                catch (StoreUnavailableException exception) when (++inVain >= MaxInVain)
                {
                    await committer.PingAsync(cancellationToken);
                    var failure = new TimeoutException($"The database is available, but it failed for this attempt {inVain} times in a row: {exception.Message}", exception);
                    delivery.Log.Start(Guid.Empty, time.GetUtcNow());
                    delivery.Log.Fail(Guid.Empty, time.GetUtcNow(), failure);
                    throw failure;
                }
            },
            error => LogHeld(delivery.MessageId, error),
            time,
            cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} waits for the database: {Error}")]
    private partial void LogHeld(Guid? messageId, string error);
}
