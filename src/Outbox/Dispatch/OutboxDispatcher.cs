using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
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
    IMessageTransport transport,
    OutboxSignal signal,
    QueueDirectory queues,
    DeadLetterFactory letters,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;
    private readonly UndeliveredPolicy _undelivered = new(options.Value, letters);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Dispatch)
        {
            return;
        }

        if (!transport.IsDurable && !transport.ConsumersSettle)
        {
            LogForgetful();
        }

        var pause = TimeSpan.Zero;
        var recovered = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!recovered)
                {
                    await store.RecoverAsync(stoppingToken);
                    await LearnQueuesAsync(stoppingToken);
                    recovered = true;
                }

                // What was committed here is due, as a rule. For what others have left, and for what is due later, the store is asked.
                var next = await signal.WaitAsync(pause, stoppingToken) ? TimeSpan.Zero : await UntilNextDueAsync(stoppingToken);
                pause = next <= TimeSpan.Zero ? await DispatchAsync(stoppingToken) > 0 ? TimeSpan.Zero : Longer(pause)
                    : next < _options.PollInterval ? next.Value
                    : _options.PollInterval;
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

    /// <summary>What is due and could not be got is in another dispatcher's hands, or nothing is claimed at the moment.</summary>
    private TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, _options.PollInterval.Ticks / 20, _options.PollInterval.Ticks));

    /// <summary>Before the first message is sent, since it says how many consumers it has.</summary>
    private async Task LearnQueuesAsync(CancellationToken stoppingToken) =>
        queues.Learn(await QueueAgentSql.ReadAllAsync(store, _options, await store.NowAsync(stoppingToken), stoppingToken));

    private async Task<TimeSpan?> UntilNextDueAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(_options.CommitTimeout);
        return await store.UntilNextDueAsync(deadline.Token);
    }

    /// <summary>
    /// Sends batch after batch as long as they are full, two at a time: while the broker confirms one, the next is claimed and on its way.
    /// A batch once begun is finished, also when the host is stopping; its deadlines bound it.
    /// </summary>
    /// <returns>How many messages were sent.</returns>
    private async Task<int> DispatchAsync(CancellationToken stoppingToken)
    {
        var (sent, goOn) = (0, true);
        Task<int>? sending = null;
        try
        {
            // While the broker is out of reach nothing is claimed, so that no message is blamed for it.
            while (goOn && !stoppingToken.IsCancellationRequested && transport.IsUp)
            {
                var claim = await ClaimAsync();
                goOn = claim.Messages.Count >= _options.DispatchBatch;
                var before = sending;
                sending = SendAsync(claim);
                if (before is not null)
                {
                    var ofThese = await before;
                    sent += ofThese;
                    goOn &= ofThese >= _options.DispatchBatch; // where messages are set aside there is no hurry
                }
            }

            return sent + (sending is null ? 0 : await sending);
        }
        finally
        {
            await ((Task?)sending ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IOutboxClaim> ClaimAsync()
    {
        using var deadline = new CancellationTokenSource(_options.SendTimeout, time);
        var limit = transport.ConsumersSettle ? _options.MaxInFlight : _options.DispatchBatch;
        return await store.ClaimAsync(limit, transport.ConsumersSettle ? transport.CountConsumers : null, deadline.Token);
    }

    private async Task<int> SendAsync(IOutboxClaim claimed)
    {
        await using var claim = claimed;
        if (claim.Messages.Count == 0)
        {
            return 0;
        }

        using var deadline = new CancellationTokenSource(_options.SendTimeout, time);
        var failures = (await transport.SendAsync(claim.Messages, _options.MaxOutstandingConfirms, deadline.Token))
            .Select(f => _undelivered.Decide(f))
            .ToList();

        using var commitDeadline = new CancellationTokenSource(_options.SendTimeout, time);
        await claim.CompleteAsync(failures, Sent(claim.Messages, failures), commitDeadline.Token);
        if (failures.Count > 0)
        {
            LogRescheduled(failures.Count, failures[0].Message.MessageId, failures[0].Message.Attempts + 1, failures[0].Error);
        }

        foreach (var failure in failures.Where(f => f.Undeliverable is not null))
        {
            LogDeadLettered(failure.Message.MessageId, failure.Undeliverable!.Letter.MessageType, _options.UndeliverableAfter, failure.Error);
        }

        return claim.Messages.Count - failures.Count;
    }

    /// <summary>What is kept in case the broker loses it; nothing where the rows stay until the consumers are done.</summary>
    private IReadOnlyList<SentBatch> Sent(IReadOnlyList<OutboxMessage> messages, IReadOnlyCollection<SendFailure> failures)
    {
        var failed = failures.Select(f => f.Message.Id).ToHashSet();
        return transport.ConsumersSettle ? [] : SentBatch.Pack(messages.Where(m => !failed.Contains(m.Id)), _options.LostAfter);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} message(s) could not be sent and are set aside; the first is {MessageId}, attempt {Attempt}: {Error}")]
    private partial void LogRescheduled(int count, Guid messageId, int attempt, string error);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} of type {MessageType} could not be sent for {UndeliverableAfter} and is a dead letter: {Error}")]
    private partial void LogDeadLettered(Guid messageId, string? messageType, TimeSpan undeliverableAfter, string error);

    [LoggerMessage(LogLevel.Warning, "The transport is in memory and this store does not wait for consumers: what is under way is lost with the process")]
    private partial void LogForgetful();

    [LoggerMessage(LogLevel.Warning, "The outbox could not be dispatched, the next attempt follows: {Error}")]
    private partial void LogFailed(string error);
}
