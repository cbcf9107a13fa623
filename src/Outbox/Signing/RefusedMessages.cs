using System.Diagnostics.Metrics;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Signing;

/// <summary>
/// Keeps messages without a valid signature as dead letters without a task, which an operator can read, redrive or drop. Their
/// number and size are limited, so that a sender cannot fill the disk. All are counted in the instrument
/// <c>messaging.outbox.messages.refused</c> of the meter <c>Messaging.Outbox</c>, by queue and reason; their number is logged
/// once a minute.
/// </summary>
internal sealed partial class RefusedMessages(
    IStoreQueries queries, GroupCommitter committer, DeadLetterFactory letters, IOptions<OutboxOptions> options, TimeProvider time, IMeterFactory? meters, ILogger<RefusedMessages> logger)
{
    public const string Instrument = "messaging.outbox.messages.refused";

    private const int MaxBytes = 64 * 1024;
    private const int MaxInMinute = 60;

    private static readonly string Waiting =
        $"SELECT count(*) FROM messaging.dead_letters WHERE state = {(int)DeadLetterState.Dead} AND reason IN ('{nameof(DeadLetterReason.Unsigned)}', '{nameof(DeadLetterReason.Forged)}')";

    private readonly Counter<long> _counter = (meters?.Create("Messaging.Outbox") ?? new Meter("Messaging.Outbox")).CreateCounter<long>(
        Instrument, "{message}", "Messages that have no valid signature.");

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Queue, DeadLetterReason Reason), int> _unlogged = [];
    private long? _minute;
    private long? _loggedAt;
    private int _remaining;

    /// <summary>Counts a refused message.</summary>
    public void Count(string queue, DeadLetterReason reason)
    {
        _counter.Add(1, new("messaging.destination.name", queue), new("reason", reason.ToString()));
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
                var waiting = await StoreWait.RunAsync(
                    () => queries.QueryAsync(Waiting, [], reader => reader.GetInt64(0), cancellationToken), _ => { }, time, cancellationToken);
                _remaining = (int)Math.Clamp(options.Value.Signing.MaxRefused - waiting.Single(), 0, MaxInMinute);
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

    [LoggerMessage(
        EventId = 1340, EventName = "SignatureRefused", Level = LogLevel.Warning,
        Message = "{Count} message(s) on {Queue} have no valid signature ({Reason}): somebody sends without the outbox, or a process has other Outbox:Signing:Keys. They are stored, up to a limit, as dead "
        + "letters with that reason: find the sender, or configure the same keys everywhere")]
    private partial void LogRefused(int count, string queue, DeadLetterReason reason);
}
