using MassTransit;
using MassTransit.Middleware.Rescue;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// The first step of the error pipe: whatever is given up, for whatever reason - also a body that cannot be read - has its
/// task Failed and becomes a dead letter in one commit. Without a collection of dead letters it goes on to the error queue.
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
            // Once, however often a worker dies between this commit and its acknowledgement.
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
        var told = ToldException.Of(context.Exception); // a body's, which no consumer has thrown, may fail at being published
        await next.Send(ReferenceEquals(told, context.Exception) ? context : new RescueExceptionReceiveContext(context, told));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("undeliverable");

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is given up after {Attempts} attempt(s): {Error}")]
    private partial void LogDeadLettered(Guid? messageId, int attempts, string error);
}
