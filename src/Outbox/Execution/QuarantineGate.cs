using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Finds the poison message that kills its worker. When a worker dies, the count of deliveries without an outcome increases for
/// each message that it had in flight or prefetched; so a high count is no proof. Such a message is quarantined: its execution is
/// isolated, because the poison may be another message that does not have a high count yet, and a record of the isolated attempt
/// is committed first. If the message is delivered again after that record, it is the poison message.
/// </summary>
internal sealed partial class QuarantineGate(
    InboxLookup lookup, GroupCommitter committer, InterruptedDeliveries interrupted, TimeProvider time, ILogger<QuarantineGate> logger) : IDisposable
{
    /// <summary>How long an isolated execution waits for the messages in flight. After that it starts beside them.</summary>
    private static readonly TimeSpan OthersMayTake = TimeSpan.FromSeconds(30);

    private readonly OutageLog _waiting = new(time, error => LogWaiting(logger, error));
    private readonly Isolation _isolation = new(OthersMayTake, time);

    /// <summary>Whether a quarantined message waits or runs, so that no other attempt starts.</summary>
    public bool IsClosed => _isolation.IsClosed;

    /// <summary>Enters for messages that are not quarantined.</summary>
    /// <returns>A turn, which is disposed after the attempts; null if they would have to wait.</returns>
    public IDisposable? TryEnter() => _isolation.TryEnter();

    /// <summary>
    /// Enters for an attempt. A quarantined message waits for isolation, and its isolated attempt is recorded before it starts. If
    /// such a record exists already, it sets <see cref="DeliveryProgress.PoisonFailure"/>, with which the execution fails.
    /// </summary>
    /// <returns>A turn, which is disposed after the attempt.</returns>
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
            var isolated = InboxKeys.Step(
                messageId, delivery, InboxKind.Isolated, $"alone-{delivery.Redeliveries}", $"isolated execution, redelivery {delivery.Redeliveries}");
            var found = await StoreWait.RunAsync(() => lookup.FindDoneAsync([isolated], [], cancellationToken), _waiting.Report, time, cancellationToken);
            if (found.Consumed.Count > 0)
            {
                delivery.PoisonFailure = new UnfinishedDeliveriesException(unfinished, interrupted.ReasonFor(delivery.Queue));
            }
            else
            {
                var record = new StagedWork();
                record.InboxKeys.Add(isolated);
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

    [LoggerMessage(
        EventId = 1308, EventName = "QuarantineWaits", Level = LogLevel.Warning,
        Message = "A quarantined message waits for the database; check it if this goes on: {Error}")]
    private static partial void LogWaiting(ILogger logger, string error);
}
