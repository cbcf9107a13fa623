using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Without a database nothing can be done, and nothing recorded: the delivery is held, and that is no failure of it. But what a consumer asks may take too
/// long however well the database is: that would be held for ever.
/// </summary>
internal sealed partial class HeldAttempts(GroupCommitter committer, StoreClock time, ILogger<HeldAttempts> logger)
{
    /// <summary>So often an attempt may find the database out of reach, although it is not, before that is the attempt's own failure.</summary>
    private const int MaxInVain = 5;

    /// <summary>Runs an attempt, again and again while the database is out of reach.</summary>
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
                    var failure = new TimeoutException($"The database is in reach, but not for this attempt, {inVain} times in a row: {exception.Message}", exception);
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
