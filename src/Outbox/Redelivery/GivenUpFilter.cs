using MassTransit;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// The first step of the error pipe: whatever goes to the error queue, for whatever reason - also a body that cannot be read -
/// has its task Failed first.
/// </summary>
internal sealed partial class GivenUpFilter(GroupCommitter committer, ILogger logger) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var progress = DeliveryProgress.Of(context);
        var error = FailureText.Of(progress.OwnFault ?? context.Exception);
        var work = new StagedWork();
        if (progress.Outcome(TaskState.Failed, error: error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (Delivery.TransportNumber(context, OutboxHeaders.OutboxId) is { } row)
        {
            work.Settlements.Add(new Settlement(row, Keep: true));
        }

        if (!work.IsEmpty)
        {
            await committer.CommitWhenPossibleAsync(work, context.CancellationToken);
        }

        LogGivenUp(context.GetMessageId(), progress.Attempts, error);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("givenUp");

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is given up after {Attempts} attempt(s): {Error}")]
    private partial void LogGivenUp(Guid? messageId, int attempts, string error);
}
