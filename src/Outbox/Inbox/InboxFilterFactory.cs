using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Middleware;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Inbox;

/// <summary>Marks MassTransit's outbox filter as ours.</summary>
public sealed class TransactionalOutbox
{
    private TransactionalOutbox()
    {
    }
}

/// <summary>
/// The inbox: looks the message up, runs the consumer, and commits in one transaction the inbox key, what the consumer
/// staged and published, and the state of its task. A message that was consumed before is acknowledged without an effect.
/// </summary>
internal sealed class InboxFilterFactory(
    InboxLookup lookup,
    InFlightMessages inFlight,
    ConsumerRegistry consumers,
    UnitOfWork unit,
    RunningTasks running,
    TaskContext task,
    UniqueTasks unique,
    QueueDirectory queues,
    CancelledMessages cancelled,
    StoreClock time,
    IServiceProvider provider,
    ILogger<InboxFilterFactory> logger) : IOutboxContextFactory<TransactionalOutbox>
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var delivery = Delivery.Of(context, options.ConsumerId);
        delivery.Progress.EndsElsewhere = consumers.IsInstance(delivery.Progress.Queue) && queues.IsTaken(context.SupportedMessageTypes);

        // A duplicate in the same process waits here for its twin, so that not even its mail is sent twice.
        using var hold = await inFlight.EnterAsync([delivery.Key], context.CancellationToken);
        if (!consumers.IsStaging(options.ConsumerType) && !await IsNewAsync(delivery, context.CancellationToken))
        {
            await SkipAsync(context, delivery, options);
            return;
        }

        delivery.Progress.ThrowIfExhausted();
        delivery.Progress.Start(delivery.ConsumerId, time.GetUtcNow());
        if (await RunAsync(context, delivery, options, next))
        {
            await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, options.ConsumerType);
        }
        else
        {
            await SkipAsync(context, delivery, options);
        }
    }

    /// <summary>Says whether it has neither been consumed nor cancelled.</summary>
    private async Task<bool> IsNewAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var done = await lookup.FindDoneAsync([delivery.Key], delivery.TaskId is { } task ? [task] : [], cancellationToken);
        return !done.Consumed.Contains(delivery.Key) && !(delivery.TaskId is { } id && done.Cancelled.Contains(id));
    }

    /// <summary>Runs the consumer once and commits; an exception leaves nothing behind.</summary>
    /// <returns>False when the message was consumed elsewhere, or cancelled, since it was looked up: nothing was committed then.</returns>
    private async Task<bool> RunAsync<T>(ConsumeContext<T> context, Delivery delivery, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        if (delivery.Progress.Verdict is { } verdict)
        {
            throw verdict;
        }

        await unique.ReleaseAsync(delivery, context.CancellationToken);
        await unit.EnterConsumerAsync([delivery.Key]);

        using var attempt = new Attempt(delivery, time, context.CancellationToken);
        using var shown = running.Show(attempt);
        task.Attempt = attempt;
        var inboxContext = new InboxConsumeContext<T>(context, options, provider, unit, queues, attempt);
        try
        {
            await ConsumeAsync(inboxContext, next);
        }
        catch (StoreUnavailableException) when (!unit.IsEndedByHand)
        {
            delivery.Progress.TakeBack(delivery.ConsumerId);
            throw;
        }
        catch (Exception exception)
        {
            var meaning = unit.IsEndedByHand && exception is not UnitOfWorkMisuseException
                ? UnitOfWorkMisuseException.TransactionEnded(exception) // a part is stored already: a retry would do it once more
                : ToldException.Of(attempt.Explain(exception)); // a constructor's, or a saga's, has not been told yet
            if (meaning is TaskWasCancelledException)
            {
                inboxContext.WasDuplicate = true;
            }
            else
            {
                if (meaning is not OperationCanceledException)
                {
                    delivery.Progress.Fail(delivery.ConsumerId, time.GetUtcNow(), meaning);
                }

                ExceptionDispatchInfo.Throw(meaning);
            }
        }
        finally
        {
            await unit.LeaveConsumerAsync();
        }

        return !inboxContext.WasDuplicate;
    }

    /// <summary>A saga wraps what its activities throw; policies are about what they threw.</summary>
    private static async Task ConsumeAsync<T>(InboxConsumeContext<T> context, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        try
        {
            await next.Send(context);
        }
        catch (EventExecutionException exception)
        {
            Exception cause = exception;
            while (cause is EventExecutionException { InnerException: { } inner })
            {
                cause = inner;
            }

            ExceptionDispatchInfo.Throw(cause);
        }
    }

    /// <summary>A message that was consumed before, or cancelled; over a volatile transport its row is done with, too.</summary>
    private async Task SkipAsync<T>(ConsumeContext<T> context, Delivery delivery, OutboxConsumeOptions options)
        where T : class
    {
        InboxLog.Duplicate(logger, options.ConsumerType, context.MessageId);
        await cancelled.KeepAsync(context.Received(), delivery.Key);
        if (delivery.SettleIn(unit.Work))
        {
            await unit.CommitStagedAsync(context.CancellationToken);
        }

        await context.NotifyConsumed(TimeSpan.Zero, options.ConsumerType);
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("inbox");
}
