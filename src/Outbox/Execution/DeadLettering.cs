using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The decision "dead-letter": stores the message with its error and sets its task to Failed, in one commit before the delivery
/// is acknowledged. It also ends messages that never reach an execution: unreadable bodies, types without a consumer, and
/// messages that a broker dead-lettered.
/// </summary>
internal sealed partial class DeadLettering(GroupCommitter committer, DeadLetterFactory letters, CancelledMessages cancelled, ExecutionMetrics metrics, ILogger<DeadLettering> logger)
{
    private const string NoConsumerTakesIt = "No consumer on this queue takes the message.";

    /// <summary>Dead-letters a message whose last attempt has failed, or that cannot be read.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="failure">The reason.</param>
    /// <param name="keep">Whether the message is stored in the database, and not in an error queue.</param>
    public async Task FailAsync(DeliveryProgress delivery, Exception failure, bool keep)
    {
        using var scope = logger.BeginScope(new DeliveryScope(delivery));
        var error = FailureText.Of(failure);
        var letter = keep ? letters.Create(delivery.Message, DeadLetterReason.Failed, failure) : null;
        await CommitAsync(delivery, letter, delivery.Outcome(TaskState.Failed, error: error), InboxKind.DeadLettered, "given-up", "dead-lettered");
        await Settling.CommitAloneAsync(delivery, "given-up", "dead-lettered", committer);
        LogDeadLettered(delivery.Message.MessageId, delivery.Attempts, error);
    }

    /// <summary>Dead-letters a message whose type no consumer of its queue takes.</summary>
    public async Task SkipAsync(DeliveryProgress delivery)
    {
        using var scope = logger.BeginScope(new DeliveryScope(delivery));
        var letter = letters.Create(delivery.Message, DeadLetterReason.Skipped) with { Error = NoConsumerTakesIt };
        await CommitAsync(delivery, letter, delivery.Outcome(TaskState.Failed, error: NoConsumerTakesIt), InboxKind.Skipped, "skipped", "skipped");
        await Settling.CommitAloneAsync(delivery, "skipped", "skipped", committer);
        LogSkipped(letter.MessageId, letter.Queue);
    }

    /// <summary>
    /// Stores a message from an error queue: the broker dead-lettered it, it was moved there manually, or it is from before dead
    /// letters were collected.
    /// </summary>
    /// <param name="delivery">The delivery, from the error queue.</param>
    /// <param name="queue">The queue to which it was sent originally.</param>
    /// <param name="otherwise">The reason, if its headers do not contain one.</param>
    public async Task CollectAsync(DeliveryProgress delivery, string queue, DeadLetterReason otherwise)
    {
        var message = delivery.Message;
        var reason = message.HeaderText(WireHeaders.FaultExceptionType) is not null ? DeadLetterReason.Failed : otherwise;
        var letter = letters.Create(message, reason, queue: queue);
        letter = letter with { Error = letter.Error ?? Explain(reason) };
        var outcome = letter.TaskId is { } task
            ? new TaskOutcome(task, TaskState.Failed, delivery.Attempts, StartedAt: null) { Error = letter.Error, Queue = queue, HasSuccessors = true }
            : null;
        var death = message.HeaderText("x-first-death-reason");
        var shown = death is null ? "moved from its error queue" : $"moved from its error queue ({death})";
        await CommitAsync(delivery, letter, outcome, InboxKind.DeadLettered, $"collected-{death}", shown);
        LogCollected(letter.MessageId, letter.Queue, reason);
    }

    /// <summary>The inbox key prevents a second dead letter if the worker dies between this commit and the acknowledgement.</summary>
    private async Task CommitAsync(DeliveryProgress delivery, DeadLetter? letter, TaskOutcome? outcome, string kind, string hashed, string shown)
    {
        var work = new StagedWork();
        if (outcome is not null)
        {
            work.Outcomes.Add(outcome);
        }

        if (letter is not null)
        {
            work.DeadLetters.Add(letter);
        }

        if (letter?.MessageId is { } messageId)
        {
            work.InboxKeys.Add(InboxKeys.Step(messageId, delivery, kind, hashed, shown));
        }

        if (work.IsEmpty)
        {
            return;
        }

        if (await committer.CommitWhenPossibleAsync(work, delivery.Message.CancellationToken))
        {
            if (letter is not null)
            {
                metrics.DeadLettered(delivery, letter);
            }
        }
        else if (work.InboxKeys is [var key])
        {
            await cancelled.KeepAsync(delivery, key);
        }
    }

    private static string Explain(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Undelivered => "The broker dead-lettered it: it was delivered too many times without an outcome.",
        DeadLetterReason.Skipped => NoConsumerTakesIt,
        _ => "It was moved to the error queue.",
    };

    [LoggerMessage(
        EventId = 1304, EventName = "MessageDeadLettered", Level = LogLevel.Error,
        Message = "Message {MessageId} is dead-lettered after {Attempts} attempt(s); correct the cause and redrive or drop it (/dead-letters): {Error}")]
    private partial void LogDeadLettered(Guid? messageId, int attempts, string error);

    [LoggerMessage(
        EventId = 1305, EventName = "MessageNotTaken", Level = LogLevel.Error,
        Message = "Message {MessageId} is dead-lettered: no consumer on {Queue} takes it. Deploy one and redrive it, or drop it (/dead-letters)")]
    private partial void LogSkipped(Guid? messageId, string queue);

    [LoggerMessage(
        EventId = 1306, EventName = "ErrorQueueCollected", Level = LogLevel.Warning,
        Message = "Message {MessageId} of {Queue} was moved from its error queue to the dead letters; redrive or drop it there (/dead-letters): {Reason}")]
    private partial void LogCollected(Guid? messageId, string queue, DeadLetterReason reason);
}
