using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// Moves messages from a queue's <c>_error</c> or <c>_skipped</c> queue to the store: messages that the broker dead-lettered by
/// itself, that were moved there manually, or that are from before dead letters were collected. The delivery is acknowledged
/// after the commit, and an inbox key prevents a second dead letter when it is delivered again. It is the first filter of its
/// endpoint and calls no other.
/// </summary>
internal sealed partial class DeadLetterCollector(
    string queue, DeadLetterReason otherwise, GroupCommitter committer, DeadLetterFactory letters, ILogger logger) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var message = context.Received();
        var reason = message.HeaderText(WireHeaders.FaultExceptionType) is not null ? DeadLetterReason.Failed : otherwise;
        var letter = letters.Create(message, reason, queue: queue);
        letter = letter with { Error = letter.Error ?? Explain(reason) };
        var work = new StagedWork();
        work.DeadLetters.Add(letter);
        if (letter.MessageId is { } messageId)
        {
            var step = $"collected-{message.HeaderText("x-first-death-reason")}";
            work.InboxKeys.Add(new InboxKey(messageId, Delivery.StepOf(message, step)));
        }

        if (letter.TaskId is { } task)
        {
            work.Outcomes.Add(new TaskOutcome(task, TaskState.Failed, message.Progress.Attempts, StartedAt: null)
            {
                Error = letter.Error,
                Queue = queue,
                HasSuccessors = true,
            });
        }

        await committer.CommitWhenPossibleAsync(work, context.CancellationToken);
        LogCollected(letter.MessageId, letter.Queue, reason);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetterCollector");

    private static string Explain(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Undelivered => "The broker dead-lettered it: it was delivered too many times without an outcome.",
        DeadLetterReason.Skipped => "No consumer on this queue takes the message.",
        _ => "It was moved to the error queue.",
    };

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} of {Queue} was collected: {Reason}")]
    private partial void LogCollected(Guid? messageId, string queue, DeadLetterReason reason);
}
