using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Middleware;
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
    public Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class =>
        BatchInbox<T>.Instance is { } batch
            ? batch.Send(this, context, options, next)
            : SendSingle(context, options, next);

    /// <summary>Takes the deliveries in hand and says which of them are new; all may be, for a consumer that only stages (<see cref="IStagingConsumer"/>).</summary>
    public async Task<(IDisposable Hold, IReadOnlyList<bool> IsNew)> EnterAsync(
        IReadOnlyList<Delivery> deliveries, OutboxConsumeOptions options, CancellationToken cancellationToken)
    {
        // A duplicate in the same process waits here for its twin, so that not even its mail is sent twice.
        var keys = deliveries.Select(d => d.Key).ToList();
        var hold = await inFlight.EnterAsync(keys, cancellationToken);
        try
        {
            return (hold, consumers.IsStaging(options.ConsumerType) ? [.. deliveries.Select(_ => true)] : await FindNewAsync(deliveries, cancellationToken));
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Says which of these have neither been consumed nor cancelled.</summary>
    public async Task<IReadOnlyList<bool>> FindNewAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        var done = await lookup.FindDoneAsync(
            [.. deliveries.Select(d => d.Key)], [.. deliveries.Select(d => d.TaskId).OfType<Guid>()], cancellationToken);
        return [.. deliveries.Select(d => !done.Consumed.Contains(d.Key) && !(d.TaskId is { } id && done.Cancelled.Contains(id)))];
    }

    /// <summary>Counts a new attempt at these deliveries.</summary>
    public void Start(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            delivery.Progress.Start(delivery.ConsumerId, time.GetUtcNow());
        }
    }

    /// <summary>
    /// Runs the consumer once over these deliveries and commits; an exception leaves nothing behind. That they were consumed
    /// is for the caller to say, who knows which contexts they are.
    /// </summary>
    /// <returns>
    /// False when one of them was consumed elsewhere, or cancelled, since it was looked up: nothing was committed then, for none
    /// of them.
    /// </returns>
    public async Task<bool> RunAsync<T>(
        ConsumeContext<T> context, IReadOnlyList<Delivery> deliveries, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        if (deliveries.FirstOrDefault(d => d.Progress.Verdict is not null) is { } condemned)
        {
            throw condemned.Progress.Verdict!;
        }

        await unique.ReleaseAsync(deliveries, context.CancellationToken);
        await unit.EnterConsumerAsync(deliveries.Select(d => d.Key));

        using var attempt = new Attempt(deliveries, time, context.CancellationToken) { MayContinue = BatchInbox<T>.Instance is null };
        using var shown = running.Show(attempt);
        task.Attempt = attempt;
        var inboxContext = new InboxConsumeContext<T>(context, options, provider, unit, queues, attempt);
        try
        {
            await ConsumeAsync(inboxContext, next);
        }
        catch (StoreUnavailableException) when (!unit.IsEndedByHand)
        {
            foreach (var delivery in deliveries)
            {
                delivery.Progress.TakeBack(delivery.ConsumerId);
            }

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
                NoteFailure(deliveries, meaning);
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
    public async Task SkipAsync<T>(ConsumeContext<T> context, Delivery delivery, OutboxConsumeOptions options)
        where T : class
    {
        InboxLog.Duplicate(logger, options.ConsumerType, context.MessageId);
        await cancelled.KeepAsync(context.ReceiveContext, delivery.Key);
        if (delivery.SettleIn(unit.Work))
        {
            await unit.CommitStagedAsync(context.CancellationToken);
        }

        await context.NotifyConsumed(TimeSpan.Zero, options.ConsumerType);
    }

    /// <summary>A failed attempt at several messages is followed by one at each alone, and only those are attempts at a task.</summary>
    private void NoteFailure(IReadOnlyList<Delivery> deliveries, Exception exception)
    {
        if (deliveries.Count == 1 && exception is not OperationCanceledException)
        {
            deliveries[0].Progress.Fail(deliveries[0].ConsumerId, time.GetUtcNow(), exception);
        }
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("inbox");

    private async Task SendSingle<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var delivery = Delivery.Of(context, options.ConsumerId);
        delivery.Progress.EndsElsewhere = consumers.IsInstance(delivery.Progress.Queue) && queues.IsTaken(context.SupportedMessageTypes);
        var (hold, isNew) = await EnterAsync([delivery], options, context.CancellationToken);
        using (hold)
        {
            if (!isNew[0])
            {
                await SkipAsync(context, delivery, options);
                return;
            }

            delivery.Progress.ThrowIfExhausted();
            Start([delivery]);
            if (await RunAsync(context, [delivery], options, next))
            {
                await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, options.ConsumerType);
            }
            else
            {
                await SkipAsync(context, delivery, options);
            }
        }
    }
}
