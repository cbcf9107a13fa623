using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Dead-letters messages whose type no consumer of the queue takes.</summary>
internal sealed partial class SkippedFilter(GroupCommitter committer, DeadLetterFactory letters, ILogger logger) : IFilter<ReceiveContext>
{
    private const string Error = "No consumer on this queue takes the message.";

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var message = context.Received();
        var letter = letters.Create(message, DeadLetterReason.Skipped) with { Error = Error };
        var work = new StagedWork();
        work.DeadLetters.Add(letter);
        if (message.Progress.Outcome(TaskState.Failed, error: Error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (letter.MessageId is { } messageId)
        {
            work.InboxKeys.Add(new InboxKey(messageId, Delivery.StepOf(message, "skipped")));
        }

        await committer.CommitWhenPossibleAsync(work, context.CancellationToken);
        await Delivery.SettleAloneAsync(message, "skipped", committer);
        LogSkipped(letter.MessageId, letter.Queue);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("skipped");

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is dead-lettered: no consumer on {Queue} takes it")]
    private partial void LogSkipped(Guid? messageId, string queue);
}
