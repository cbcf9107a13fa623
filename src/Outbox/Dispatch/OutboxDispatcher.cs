using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dispatch;

/// <summary>
/// Sends what is due. Retry, delay, schedule and recovery are all the same to it: a row whose time has come.
/// docs/decisions/0004 has the states of a row, and what becomes of it when the process dies in each.
/// </summary>
internal sealed partial class OutboxDispatcher(
    IOutboxStore store,
    MessageSender sender,
    IBusControl bus,
    OutboxSignal signal,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Dispatch)
        {
            return;
        }

        if (!sender.TransportIsDurable && !sender.ConsumersSettle)
        {
            LogForgetful();
        }

        var pause = Shortest;
        var recovered = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!recovered)
                {
                    await store.RecoverAsync(stoppingToken);
                    recovered = true;
                }

                var sent = BusIsUp() ? await DispatchAsync() : 0;
                pause = sent > 0 ? Shortest : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.PollInterval.Ticks));
                if (sent < _options.DispatchBatch)
                {
                    await signal.WaitAsync(pause, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(FailureText.Of(exception));
                await Task.Delay(TimeSpan.FromSeconds(1) * RetryOptions.Jitter(), time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan Shortest => _options.PollInterval / 5;

    /// <summary>A batch once begun is finished, also when the host is stopping; its deadline bounds it.</summary>
    /// <returns>How many messages were sent.</returns>
    private async Task<int> DispatchAsync()
    {
        using var deadline = new CancellationTokenSource(_options.SendTimeout, time);
        var limit = sender.ConsumersSettle ? _options.MaxInFlight : _options.DispatchBatch;
        await using var claim = await store.ClaimAsync(
            limit, sender.ConsumersSettle ? sender.CountConsumers : null, deadline.Token);
        if (claim.Messages.Count == 0)
        {
            return 0;
        }

        var failures = new ConcurrentQueue<SendFailure>();
        await Parallel.ForEachAsync(
            claim.Messages,
            new ParallelOptions { MaxDegreeOfParallelism = _options.MaxOutstandingConfirms },
            async (message, _) =>
            {
                try
                {
                    await sender.SendAsync(message, deadline.Token);
                }
                catch (Exception exception)
                {
                    failures.Enqueue(new SendFailure(message, DelayAfter(message.Attempts), FailureText.Of(exception)));
                }
            });

        using var commitDeadline = new CancellationTokenSource(_options.SendTimeout, time);
        await claim.CompleteAsync(failures, Sent(claim.Messages, failures), commitDeadline.Token);
        if (failures.TryPeek(out var first))
        {
            LogSetAside(failures.Count, first.Message.MessageId, first.Message.Attempts + 1, first.Error);
        }

        return claim.Messages.Count - failures.Count;
    }

    /// <summary>What is kept in case the broker loses it; nothing where the rows stay until the consumers are done.</summary>
    private IReadOnlyList<SentBatch> Sent(IReadOnlyList<OutboxMessage> messages, IReadOnlyCollection<SendFailure> failures) =>
        sender.ConsumersSettle
            ? []
            : SentBatch.Pack(messages.Except(failures.Select(f => f.Message)), _options.LostAfter);

    /// <summary>While the broker is out of reach nothing is claimed, so that no message is blamed for it.</summary>
    private bool BusIsUp() => bus.CheckHealth().Status != BusHealthStatus.Unhealthy;

    private TimeSpan DelayAfter(int attempts) => TimeSpan.FromSeconds(
        Math.Min(Math.Pow(2, Math.Min(attempts, 30)), _options.MaxSendDelay.TotalSeconds) * RetryOptions.Jitter());

    [LoggerMessage(LogLevel.Warning, "{Count} message(s) could not be sent and are set aside; the first is {MessageId}, attempt {Attempt}: {Error}")]
    private partial void LogSetAside(int count, Guid messageId, int attempt, string error);

    [LoggerMessage(LogLevel.Warning, "The transport is in memory and this store does not wait for consumers: what is under way is lost with the process")]
    private partial void LogForgetful();

    [LoggerMessage(LogLevel.Warning, "The outbox could not be dispatched, the next attempt follows: {Error}")]
    private partial void LogFailed(string error);
}
