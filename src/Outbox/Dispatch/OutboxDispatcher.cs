using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dispatch;

/// <summary>
/// Sends due messages. Retries, delays, schedules and recovery all end in a row whose due time has come. docs/decisions/0004
/// describes the states of a row, and what happens if the process dies in each of them.
/// </summary>
internal sealed partial class OutboxDispatcher(
    IOutboxStore outbox, IStoreTime clock, IStoreQueries queries,
    IMessageTransport transport,
    OutboxSignal signal,
    WrongDueTimes dueTimes,
    QueueDirectory queues,
    DeadLetterFactory letters,
    OutboxMetrics metrics,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;
    private readonly UndeliveredPolicy _undelivered = new(options.Value, letters);
    private readonly OutageLog _failed = new(time, error => LogFailed(logger, error));
    private readonly DispatchMetrics _measured = new(metrics, queues);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Dispatch)
        {
            return;
        }

        if (!transport.IsDurable && !transport.ConsumersSettle)
        {
            LogNotDurable();
        }

        var pause = TimeSpan.Zero;
        var recovered = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!recovered)
                {
                    await outbox.RecoverAsync(stoppingToken);
                    await LearnQueuesAsync(stoppingToken);
                    recovered = true;
                }

                await dueTimes.CorrectAsync(stoppingToken);

                // A commit of this process is usually due at once. For rows of other processes and for delayed rows, the store is
                // queried.
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
                _failed.Report(exception);
                await Task.Delay(TimeSpan.FromSeconds(1) * Jitter.Factor(), time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Due messages that cannot be claimed are claimed by another dispatcher, or nothing can be claimed at the moment.</summary>
    private TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, _options.PollInterval.Ticks / 20, _options.PollInterval.Ticks));

    /// <summary>Runs before the first message is sent, because a message carries the number of its consumers.</summary>
    private async Task LearnQueuesAsync(CancellationToken stoppingToken) =>
        queues.Learn(await KnownQueueSql.ReadAsync(queries, _options, await clock.NowAsync(stoppingToken), stoppingToken));

    private async Task<TimeSpan?> UntilNextDueAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(_options.CommitTimeout);
        return await outbox.UntilNextDueAsync(deadline.Token);
    }

    /// <summary>
    /// Sends batches as long as they are full, two at a time: while the broker confirms one, the next one is claimed and sent. One that is full of bytes is sent
    /// by itself, because its claim may lock many more messages than it took, which the next one would pass over. A batch that has started is finished even if
    /// the host stops; its deadlines bound the time.
    /// </summary>
    /// <returns>The number of sent messages.</returns>
    private async Task<int> DispatchAsync(CancellationToken stoppingToken)
    {
        var (sent, hasMore, holdsMore, claimedBefore) = (0, true, false, 0);
        Task<int>? sending = null;
        try
        {
            // While the broker is unavailable nothing is claimed, so that its failure is not counted as an attempt of a message.
            while (hasMore && !stoppingToken.IsCancellationRequested && transport.IsUp)
            {
                if (sending is not null && holdsMore)
                {
                    await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // below, its result is looked at
                    if (stoppingToken.IsCancellationRequested || !transport.IsUp)
                    {
                        break;
                    }
                }

                var claim = await ClaimAsync();
                holdsMore = IsFullOfBytes(claim.Messages);
                hasMore = holdsMore || claim.Messages.Count >= _options.DispatchBatch; // a claim has a limit of messages, and of bytes
                var before = sending;
                sending = SendAsync(claim);
                if (before is not null)
                {
                    var sentBefore = await before;
                    sent += sentBefore;
                    hasMore &= sentBefore * 2 >= claimedBefore; // if most are rescheduled, the broker is in trouble; a few delay no others
                }

                claimedBefore = claim.Messages.Count;
            }

            return sent + (sending is null ? 0 : await sending);
        }
        finally
        {
            await ((Task?)sending ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsFullOfBytes(IReadOnlyList<OutboxMessage> claimed) => claimed.Sum(message => (long)message.Body.Length) >= OutboxMessage.MaxClaimedBytes;

    private async Task<IOutboxClaim> ClaimAsync()
    {
        using var deadline = new CancellationTokenSource(_options.SendTimeout, time);
        var limit = transport.ConsumersSettle ? _options.MaxInFlight : _options.DispatchBatch;
        return await outbox.ClaimAsync(limit, transport.ConsumersSettle ? transport.CountConsumers : null, deadline.Token);
    }

    private async Task<int> SendAsync(IOutboxClaim claimed)
    {
        await using var claim = claimed;
        return claim.Messages.Count == 0 ? 0 : await OutboxTraces.RunAsync(DispatchSpan.Start(claim.Messages), () => SendClaimedAsync(claim));
    }

    private async Task<int> SendClaimedAsync(IOutboxClaim claim)
    {
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(_options.SendTimeout, time);
        var unsent = await transport.SendAsync(claim.Messages, _options.MaxOutstandingConfirms, deadline.Token);
        var failures = unsent.Select(_undelivered.Decide).ToList();

        using var commitDeadline = new CancellationTokenSource(_options.SendTimeout, time);
        await claim.CompleteAsync(failures, Sent(claim.Messages, failures), commitDeadline.Token);
        _measured.Completed(claim.Messages, failures, time.GetElapsedTime(start));
        if (failures.Count > 0)
        {
            DispatchSpan.Rescheduled(failures.Count);
            LogRescheduled(failures.Count, failures[0].Message.MessageId, failures[0].Message.Attempts + 1, ToCheckFor(unsent.First()), failures[0].Error);
        }

        foreach (var failure in failures.Where(f => f.Undeliverable is not null))
        {
            LogDeadLettered(failure.Message.MessageId, failure.Undeliverable!.Letter.MessageType, _options.UndeliverableAfter, failure.Error);
        }

        return claim.Messages.Count - failures.Count;
    }

    /// <summary>
    /// The sent messages to keep in case the broker loses them; none if rows stay in the outbox until their consumers are done.
    /// </summary>
    private IReadOnlyList<SentBatch> Sent(IReadOnlyList<OutboxMessage> messages, IReadOnlyCollection<SendFailure> failures)
    {
        var failed = failures.Select(f => f.Message.Id).ToHashSet();
        return transport.ConsumersSettle ? [] : SentBatch.Pack(messages.Where(m => !failed.Contains(m.Id)), _options.LostAfter);
    }

    private static string ToCheckFor(UnsentMessage unsent) =>
        unsent.Exception is NoQueueException ? "that a consumer of it is added (AddConsumer) and its worker started"
        : unsent.IsOwnFault ? "what the error names"
        : "the broker if this goes on";

    [LoggerMessage(
        EventId = 1200, EventName = "MessagesRescheduled", Level = LogLevel.Warning,
        Message = "{Count} message(s) could not be sent and are rescheduled; the first is {MessageId}, attempt {Attempt}; check {What}: {Error}")]
    private partial void LogRescheduled(int count, Guid messageId, int attempt, string what, string error);

    [LoggerMessage(
        EventId = 1201, EventName = "MessageUndeliverable", Level = LogLevel.Error,
        Message = "Message {MessageId} of type {MessageType} could not be sent for {UndeliverableAfter} and is dead-lettered; correct the cause and redrive or drop it (/dead-letters): {Error}")]
    private partial void LogDeadLettered(Guid messageId, string? messageType, TimeSpan undeliverableAfter, string error);

    [LoggerMessage(
        EventId = 1202, EventName = "TransportNotDurable", Level = LogLevel.Warning,
        Message = "The transport is in memory and this store does not wait for consumers: messages in flight are lost with the process; use a broker, or SQLite")]
    private partial void LogNotDurable();

    [LoggerMessage(
        EventId = 1203, EventName = "DispatchFailed", Level = LogLevel.Warning,
        Message = "The outbox could not be dispatched; the next attempt follows, check the database if this goes on: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);
}
