using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The decision "defer": stores the message as an outbox row that is due later, and the state of its task, in one commit before
/// the delivery is acknowledged.
/// </summary>
/// <remarks>
/// If the worker dies between the commit and the acknowledgement, the message is delivered again. The inbox key of the deferral
/// prevents a second deferral, so a crash never multiplies a message.
/// </remarks>
internal sealed partial class Deferral(GroupCommitter committer, CancelledMessages cancelled, ILogger<Deferral> logger)
{
    public async Task DeferAsync(IDeliveryCaller caller, FailureDecision decision)
    {
        var delivery = caller.Delivery;
        var (redelivery, delay, error) = (delivery.Redeliveries + 1, decision.Delay, FailureText.Of(decision.Failure));
        var key = InboxKeys.Step(delivery.MessageId!.Value, delivery, InboxKind.Deferred, $"redelivery-{redelivery}", $"deferred, redelivery {redelivery}");
        var work = new StagedWork();
        work.InboxKeys.Add(key);
        work.Add(await caller.EncodeAsync(NextMessage.Deferred(delivery, redelivery, delay)));
        if (delivery.Outcome(TaskState.Retrying, delay, error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (!await committer.CommitWhenPossibleAsync(work, delivery.Message.CancellationToken))
        {
            await cancelled.KeepAsync(delivery, key);
        }

        await Settling.CommitAloneAsync(delivery, $"put-off-{redelivery}", $"deferred, redelivery {redelivery}", committer);
        LogDeferred(caller.MessageType, delivery.MessageId, delivery.Attempts, error, delay.TotalSeconds);
    }

    [LoggerMessage(
        EventId = 1303, EventName = "ExecutionDeferred", Level = LogLevel.Warning,
        Message = "{MessageType} {MessageId} failed at attempt {Attempt}; the next one is in {Seconds:0.#} s: {Error}")]
    private partial void LogDeferred(string messageType, Guid? messageId, int attempt, string error, double seconds);
}
