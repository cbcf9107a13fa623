using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Finds the poison message, which kills its worker. Every message that a dying worker had in flight, or was only given in advance, counts one more
/// delivery without an outcome: a high count is a suspicion and no proof. Such a message is quarantined: its execution is isolated, for the poison may
/// be in another one that has no high count yet, and it is recorded first that it is tried. One that is delivered again after that record is the poison.
/// </summary>
internal sealed partial class QuarantineGate(
    InboxLookup lookup, GroupCommitter committer, InterruptedDeliveries interrupted, TimeProvider time, ILogger<QuarantineGate> logger) : IDisposable
{
    /// <summary>What is in flight has so long to end; then the quarantined message is tried beside it.</summary>
    private static readonly TimeSpan OthersMayTake = TimeSpan.FromSeconds(30);

    private readonly Isolation _isolation = new(OthersMayTake, time);

    /// <summary>Whether a quarantined message waits, or is tried, and nothing else begins.</summary>
    public bool IsClosed => _isolation.IsClosed;

    /// <summary>Lets attempts begin at messages that are not quarantined.</summary>
    /// <returns>What to dispose of after them; null when they would have to wait.</returns>
    public IDisposable? TryEnter() => _isolation.TryEnter();

    /// <summary>
    /// Lets an attempt begin. For a quarantined message: records that it is tried, or sets the verdict on one that was tried before. The
    /// execution carries that out after it has looked whether the message was consumed after all.
    /// </summary>
    /// <returns>What to dispose of after the attempt.</returns>
    public async ValueTask<IDisposable> EnterAsync(DeliveryProgress delivery)
    {
        var cancellationToken = delivery.Message.CancellationToken;
        var unfinished = delivery.Message.UnfinishedDeliveries;
        if (unfinished < delivery.Policy.MaxUnfinishedDeliveries || delivery.MessageId is not { } messageId)
        {
            return await _isolation.EnterAsync(cancellationToken);
        }

        var turn = await _isolation.EnterAloneAsync(cancellationToken);
        try
        {
            var tried = InboxKeys.Step(messageId, delivery, InboxKind.Isolated, $"alone-{delivery.Redeliveries}");
            var found = await StoreWait.RunAsync(() => lookup.FindDoneAsync([tried], [], cancellationToken), LogWaiting, time, cancellationToken);
            if (found.Consumed.Count > 0)
            {
                delivery.Verdict = new UnfinishedDeliveriesException(unfinished, interrupted.ReasonFor(delivery.Queue));
            }
            else
            {
                var record = new StagedWork();
                record.InboxKeys.Add(tried);
                await committer.CommitWhenPossibleAsync(record, cancellationToken);
            }

            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public void Dispose() => _isolation.Dispose();

    [LoggerMessage(LogLevel.Warning, "A quarantined message waits for the database: {Error}")]
    private partial void LogWaiting(string error);
}
