using System.Globalization;
using System.Runtime.ExceptionServices;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The lifecycle of a delivery that may wait, around the executions of its consumers (<see cref="Lifecycle"/>).
/// <see cref="FailureDecision"/> alone decides whether a failed attempt is retried, deferred or dead-lettered.
/// </summary>
internal sealed partial class DeliveryLifecycle(
    QuarantineGate quarantine, HeldAttempts held, Deferral deferral, StoreClock time, ILogger<DeliveryLifecycle> logger)
{
    /// <summary>The names of the steps in order.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["enter queue", "enter quarantine", "attempt", "decide: retry now, defer or dead-letter"];

    public async Task RunAsync(IDeliveryCaller caller)
    {
        using var scope = logger.BeginScope(new DeliveryScope(caller.Delivery));
        using var permit = await EnterQueueAsync(caller);
        switch (await AttemptAsync(caller))
        {
            case null:
                break;
            case { Action: FailureAction.Defer } failed:
                await deferral.DeferAsync(caller, failed);
                await caller.DeferredAsync();
                break;
            case { } failed:
                await PublishFaultAsync(caller);
                // DeadLettering, at the end of the pipeline, handles it like an unreadable message
                ExceptionDispatchInfo.Throw(failed.Failure);
                break;
        }
    }

    private async ValueTask<IDisposable?> EnterQueueAsync(IDeliveryCaller caller)
    {
        if (caller.Gate is not { } gate)
        {
            return null;
        }

        var permit = gate.Arrive(DueAt(caller));
        if (permit is not null && await permit.EnterAsync(caller.Delivery.Message.CancellationToken))
        {
            return permit;
        }

        permit?.Abandon();
        caller.Abandon();
        throw new OperationCanceledException("The endpoint stops.");
    }

    /// <returns>The decision about a failed attempt; null if all consumers have succeeded.</returns>
    private async Task<FailureDecision?> AttemptAsync(IDeliveryCaller caller)
    {
        IDisposable turn;
        try
        {
            turn = await quarantine.EnterAsync(caller.Delivery);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return FailureDecision.WithoutRetryNow(caller.Delivery, failure);
        }

        using (turn)
        {
            return await AttemptAndRetryAsync(caller);
        }
    }

    private async Task<FailureDecision?> AttemptAndRetryAsync(IDeliveryCaller caller)
    {
        var delivery = caller.Delivery;
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await held.RunAsync(caller, retries) is { } inVain ? FailureDecision.WithoutRetryNow(delivery, inVain) : null;
            }
            catch (Exception failure) when (failure is not OperationCanceledException) // a cancellation means that the endpoint stops
            {
                var decision = FailureDecision.Of(delivery, failure, retries);
                if (decision.Action != FailureAction.RetryNow)
                {
                    return decision;
                }

                LogRetry(caller.MessageType, delivery.MessageId, delivery.Attempts, decision.Delay.TotalSeconds, FailureText.Of(failure));
                await PauseAsync(decision.Delay, caller);
            }
        }
    }

    private async Task PauseAsync(TimeSpan delay, IDeliveryCaller caller)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(caller.Stopping, caller.Delivery.Message.CancellationToken);
        await Task.Delay(delay, time, pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        caller.Delivery.Message.CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// An error while publishing, for example of a message that cannot be serialized, must not replace the original failure.
    /// </summary>
    private async Task PublishFaultAsync(IDeliveryCaller caller)
    {
        try
        {
            await caller.PublishFaultAsync();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFaultNotPublished(caller.MessageType, caller.Delivery.MessageId, FailureText.Of(exception));
        }
    }

    private DateTimeOffset DueAt(IDeliveryCaller caller)
    {
        var sent = DueSince.Of(caller.SentTime, time);
        var delay = caller.Delivery.Message.HeaderText(OutboxHeaders.DelaySeconds);
        return double.TryParse(delay, CultureInfo.InvariantCulture, out var seconds) ? sent.AddSeconds(seconds) : sent;
    }

    [LoggerMessage(
        EventId = 1301, EventName = "FaultNotPublished", Level = LogLevel.Warning,
        Message = "The Fault of {MessageType} {MessageId} could not be published, its subscribers miss it; check the broker: {Error}")]
    private partial void LogFaultNotPublished(string messageType, Guid? messageId, string error);

    [LoggerMessage(
        EventId = 1302, EventName = "ExecutionRetried", Level = LogLevel.Warning,
        Message = "{MessageType} {MessageId} failed at attempt {Attempt}; the next one is in {Seconds:0.###} s, within the same delivery: {Error}")]
    private partial void LogRetry(string messageType, Guid? messageId, int attempt, double seconds, string error);
}
