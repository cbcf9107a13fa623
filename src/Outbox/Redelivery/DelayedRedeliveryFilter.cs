using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// The outermost policy of an endpoint: puts a message whose attempt failed off to later, as a row of the outbox, as long as
/// the options allow; then MassTransit moves it to the error queue. The later row and the state of the task are one commit,
/// made before the delivery is acknowledged.
/// </summary>
/// <remarks>
/// A worker that dies between that commit and the acknowledgement gets the message again. The inbox key of the redelivery
/// makes sure that it is not put off twice, so a crash never multiplies a message.
/// </remarks>
internal sealed partial class DelayedRedeliveryFilter<T>(
    RetryOptions options, GroupCommitter committer, QuarantineGate quarantine, QueueDirectory queues, CancelledMessages cancelled, TimeProvider time, ILogger logger) : IFilter<ConsumeContext<T>>
    where T : class
{
    /// <summary>So often an attempt may find the database out of reach, although it is not, before that is the attempt's own failure.</summary>
    private const int MaxInVain = 5;

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var held = new HeldFaultsContext<T>(context);
        var progress = context.Received().Progress;
        progress.Policy = options;
        try
        {
            using var alone = await quarantine.EnterAsync(context, options.MaxUnfinishedDeliveries);
            await AttemptAsync(held, progress, next);
        }
        catch (Exception exception) when (exception is not OperationCanceledException) // then the endpoint stops
        {
            var redelivery = progress.Redeliveries + 1;
            if (options.FailsAtOnce(exception) || redelivery > options.DelayedRetries || progress.IsExhausted)
            {
                await held.NotifyHeldFaultsAsync(failure => LogFaultNotPublished(typeof(T).Name, context.MessageId, FailureText.Of(failure)));
                throw;
            }

            await DeferAsync(held, redelivery, FailureText.Of(exception));
            await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, nameof(DelayedRedeliveryFilter<>));
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("delayedRedelivery");

    /// <summary>
    /// Without a database nothing can be done, and nothing recorded: the delivery is held, and that is no failure of it. But what a consumer
    /// asks may take too long however well the database is: that would be held for ever.
    /// </summary>
    private Task AttemptAsync(ConsumeContext<T> context, DeliveryProgress progress, IPipe<ConsumeContext<T>> next)
    {
        var inVain = 0;
        return StoreWait.RunAsync(
            async () =>
            {
                try
                {
                    await next.Send(context);
                    return true;
                }
                catch (StoreUnavailableException exception) when (++inVain >= MaxInVain)
                {
                    await committer.PingAsync(context.CancellationToken);
                    var failure = new TimeoutException($"The database is in reach, but not for this attempt, {inVain} times in a row: {exception.Message}", exception);
                    progress.Start(Guid.Empty, time.GetUtcNow());
                    progress.Fail(Guid.Empty, time.GetUtcNow(), failure);
                    throw failure;
                }
            },
            error => LogHeld(context.MessageId, error),
            time,
            context.CancellationToken);
    }

    private async Task DeferAsync(ConsumeContext<T> context, int redelivery, string error)
    {
        var delay = options.DelayOf(redelivery);
        var delivery = Delivery.Of(context, Delivery.StepOf(context.Received(), $"redelivery-{redelivery}"));
        var work = new StagedWork();
        work.InboxKeys.Add(delivery.Key);
        work.Add(await NextDelivery.CreateAsync(context, delivery.Progress, queues, send =>
        {
            send.Headers.Set(MessageHeaders.RedeliveryCount, redelivery);
            send.Headers.Set(OutboxHeaders.Redeliveries, redelivery);
            send.Headers.Set(OutboxHeaders.Attempts, delivery.Progress.Attempts);
            send.Delay = delay;
        }));
        if (delivery.Progress.Outcome(TaskState.Retrying, delay, error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (!await committer.CommitWhenPossibleAsync(work, context.CancellationToken))
        {
            await cancelled.KeepAsync(context.Received(), delivery.Key);
        }

        await Delivery.SettleAloneAsync(context.Received(), $"put-off-{redelivery}", committer);
        LogDeferred(typeof(T).Name, context.MessageId, delivery.Progress.Attempts, error, delay.TotalSeconds);
    }

    [LoggerMessage(LogLevel.Warning, "{MessageType} {MessageId} failed at attempt {Attempt}, the next one is in {Seconds:0.#} s: {Error}")]
    private partial void LogDeferred(string messageType, Guid? messageId, int attempt, string error, double seconds);

    [LoggerMessage(LogLevel.Warning, "The Fault of {MessageType} {MessageId} could not be published: {Error}")]
    private partial void LogFaultNotPublished(string messageType, Guid? messageId, string error);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} waits for the database: {Error}")]
    private partial void LogHeld(Guid? messageId, string error);
}
