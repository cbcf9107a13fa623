using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The decision "dead-letter": the message with its error, and its task Failed, in one commit before the delivery is acknowledged. It is the end as well of
/// what never came to an execution: a body that cannot be read, a type that nobody takes, what a broker gave up.
/// </summary>
internal sealed partial class DeadLettering(GroupCommitter committer, DeadLetterFactory letters, CancelledMessages cancelled, ILogger<DeadLettering> logger)
{
    private const string NobodyTakesIt = "No consumer on this queue takes the message.";

    /// <summary>Its last attempt has failed, or it cannot be read.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="failure">Why.</param>
    /// <param name="keep">Whether the message is kept here, and not in an error queue.</param>
    public async Task FailAsync(DeliveryProgress delivery, Exception failure, bool keep)
    {
        var error = FailureText.Of(failure);
        var letter = keep ? letters.Create(delivery.Message, DeadLetterReason.Failed, failure) : null;
        await CommitAsync(delivery, letter, delivery.Outcome(TaskState.Failed, error: error), InboxKind.DeadLettered, "given-up");
        await Settling.CommitAloneAsync(delivery, "given-up", committer);
        LogDeadLettered(delivery.Message.MessageId, delivery.Attempts, error);
    }

    /// <summary>It came to a queue on which no consumer takes its type.</summary>
    public async Task SkipAsync(DeliveryProgress delivery)
    {
        var letter = letters.Create(delivery.Message, DeadLetterReason.Skipped) with { Error = NobodyTakesIt };
        await CommitAsync(delivery, letter, delivery.Outcome(TaskState.Failed, error: NobodyTakesIt), InboxKind.Skipped, "skipped");
        await Settling.CommitAloneAsync(delivery, "skipped", committer);
        LogSkipped(letter.MessageId, letter.Queue);
    }

    /// <summary>It lay in an error queue: the broker has given it up, or it was moved there by hand, or before dead letters were collected.</summary>
    /// <param name="delivery">The delivery, from the error queue.</param>
    /// <param name="queue">The queue that it was meant for.</param>
    /// <param name="otherwise">Why it is there, as far as it does not say so itself.</param>
    public async Task CollectAsync(DeliveryProgress delivery, string queue, DeadLetterReason otherwise)
    {
        var message = delivery.Message;
        var reason = message.HeaderText(WireHeaders.FaultExceptionType) is not null ? DeadLetterReason.Failed : otherwise;
        var letter = letters.Create(message, reason, queue: queue);
        letter = letter with { Error = letter.Error ?? Explain(reason) };
        var outcome = letter.TaskId is { } task
            ? new TaskOutcome(task, TaskState.Failed, delivery.Attempts, StartedAt: null) { Error = letter.Error, Queue = queue, HasSuccessors = true }
            : null;
        await CommitAsync(delivery, letter, outcome, InboxKind.DeadLettered, $"collected-{message.HeaderText("x-first-death-reason")}");
        LogCollected(letter.MessageId, letter.Queue, reason);
    }

    /// <summary>Once, however often a worker dies between this commit and its acknowledgement.</summary>
    private async Task CommitAsync(DeliveryProgress delivery, DeadLetter? letter, TaskOutcome? outcome, string kind, string step)
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
            work.InboxKeys.Add(InboxKeys.Step(messageId, delivery, kind, step));
        }

        if (!work.IsEmpty && !await committer.CommitWhenPossibleAsync(work, delivery.Message.CancellationToken) && work.InboxKeys is [var key])
        {
            await cancelled.KeepAsync(delivery, key);
        }
    }

    private static string Explain(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Undelivered => "The broker gave it up: it was delivered too often without an outcome.",
        DeadLetterReason.Skipped => NobodyTakesIt,
        _ => "It was moved to the error queue.",
    };

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is dead-lettered after {Attempts} attempt(s): {Error}")]
    private partial void LogDeadLettered(Guid? messageId, int attempts, string error);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is dead-lettered: no consumer on {Queue} takes it")]
    private partial void LogSkipped(Guid? messageId, string queue);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} of {Queue} was collected: {Reason}")]
    private partial void LogCollected(Guid? messageId, string queue, DeadLetterReason reason);
}
