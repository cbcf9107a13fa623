using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Signing;

/// <summary>
/// Keeps messages without a valid signature as dead letters without a task, which an operator can read, redrive or drop. Their
/// number and size are limited, so that a sender cannot fill the disk. All are counted in <c>outbox.messages.refused</c>, by queue
/// and reason; their number is logged once a minute.
/// </summary>
internal sealed partial class RefusedMessages(
    IStoreQueries queries, GroupCommitter committer, DeadLetterFactory letters, IOptions<OutboxOptions> options, TimeProvider time, OutboxMetrics metrics, ConsumerRegistry consumers, ILogger<RefusedMessages> logger)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxInMinute = 60;

    private static readonly TimeSpan CountDeadline = TimeSpan.FromSeconds(2);

    private static readonly string Waiting =
        $"SELECT count(*) FROM messaging.dead_letters WHERE state = {(int)DeadLetterState.Dead} AND reason IN ('{nameof(DeadLetterReason.Unsigned)}', '{nameof(DeadLetterReason.Forged)}')";

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Queue, DeadLetterReason Reason), int> _unlogged = [];
    private long? _minute;
    private long? _loggedAt;
    private int _remaining;

    /// <summary>Counts a refused message.</summary>
    public void Count(string queue, DeadLetterReason reason)
    {
        metrics.Refused(consumers.TagOf(queue), reason);
        List<((string Queue, DeadLetterReason Reason) Key, int Count)> toLog;
        lock (_lock)
        {
            _unlogged[(queue, reason)] = _unlogged.GetValueOrDefault((queue, reason)) + 1;
            if (_loggedAt is { } loggedAt && time.GetElapsedTime(loggedAt) < TimeSpan.FromMinutes(1))
            {
                return;
            }

            _loggedAt = time.GetTimestamp();
            toLog = [.. _unlogged.Select(u => (u.Key, u.Value))];
            _unlogged.Clear();
        }

        foreach (var (key, count) in toLog)
        {
            LogRefused(count, key.Queue, key.Reason);
        }
    }

    /// <summary>Stores a refused message as a dead letter, unless the limit is reached.</summary>
    public async Task KeepAsync(ReceivedMessage message, string queue, Refusal refusal)
    {
        var letter = letters.CreateRefused(message, refusal, queue);
        if (letter.Body.Length + letter.Headers.Length + letter.Metadata.Length <= MaxBytes && await MayKeepAsync(message.CancellationToken))
        {
            var work = new StagedWork();
            work.DeadLetters.Add(letter);
            await committer.CommitWhenPossibleAsync(work, message.CancellationToken);
        }
    }

    /// <summary>
    /// The number of waiting dead letters is queried once a minute, so several processes together may exceed the limit by those of one
    /// minute.
    /// </summary>
    private async Task<bool> MayKeepAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_minute is not { } minute || time.GetElapsedTime(minute) >= TimeSpan.FromMinutes(1))
            {
                var waiting = await StoreWait.RunAsync(() => CountWaitingAsync(cancellationToken), _ => { }, time, cancellationToken);
                _remaining = waiting is { } count ? (int)Math.Clamp(options.Value.Signing.MaxRefused - count, 0, MaxInMinute) : 0;
                _minute = time.GetTimestamp();
            }

            if (_remaining == 0)
            {
                return false;
            }

            _remaining--;
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <returns>Null if there are too many dead letters to count in time: then no more are kept, and the queue does not stand.</returns>
    private async Task<long?> CountWaitingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await StoreDeadline.RunAsync(
                CountDeadline, token => queries.QueryAsync(Waiting, [], reader => reader.GetInt64(0), token), cancellationToken)).Single();
        }
        catch (StoreUnavailableException exception) when (exception.IsTimeout && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    [LoggerMessage(
        EventId = 1340, EventName = "SignatureRefused", Level = LogLevel.Warning,
        Message = "{Count} message(s) on {Queue} have no valid signature ({Reason}): somebody sends without the outbox, or a process has other Outbox:Signing:Keys. They are stored, up to a limit, as dead "
        + "letters with that reason: find the sender, or configure the same keys everywhere")]
    private partial void LogRefused(int count, string queue, DeadLetterReason reason);
}
