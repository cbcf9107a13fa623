using MassTransit;
using MassTransit.Middleware.Rescue;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// The first filter of the error pipe. Each message that reaches it, including one with an unreadable body, has its task set to
/// Failed and becomes a dead letter in one commit. If dead letters are not collected, the message continues to the error queue.
/// </summary>
internal sealed partial class DeadLetteringFilter(GroupCommitter committer, DeadLetterFactory letters, CancelledMessages cancelled, bool collect, ILogger logger)
    : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var message = context.Received();
        var progress = message.Progress;
        var error = FailureText.Of(context.Exception);
        var work = new StagedWork();
        if (progress.Outcome(TaskState.Failed, error: error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (collect)
        {
            // The inbox key prevents a second dead letter if the worker dies between this commit and the acknowledgement.
            var letter = letters.Create(message, DeadLetterReason.Failed, context.Exception);
            work.DeadLetters.Add(letter);
            if (letter.MessageId is { } messageId)
            {
                work.InboxKeys.Add(new InboxKey(messageId, Delivery.StepOf(message, "given-up")));
            }
        }

        if (!work.IsEmpty && !await committer.CommitWhenPossibleAsync(work, context.CancellationToken) && work.InboxKeys is [var step])
        {
            await cancelled.KeepAsync(message, step);
        }

        await Delivery.SettleAloneAsync(message, "given-up", committer);
        LogDeadLettered(context.GetMessageId(), progress.Attempts, error);
        // an exception about an unreadable body was not converted by a consumer's filter, and may fail to be published
        var told = ToldException.Of(context.Exception);
        await next.Send(ReferenceEquals(told, context.Exception) ? context : new RescueExceptionReceiveContext(context, told));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("undeliverable");

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is dead-lettered after {Attempts} attempt(s): {Error}")]
    private partial void LogDeadLettered(Guid? messageId, int attempts, string error);
}
