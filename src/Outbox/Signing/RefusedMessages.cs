using System.Diagnostics.Metrics;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Signing;

/// <summary>
/// Keeps what has no valid signature, as dead letters without a task that an operator can read, redrive or drop; so few and so small that whoever
/// sends them cannot fill a disk. All are counted: the instrument <c>messaging.outbox.messages.refused</c> of the meter <c>Messaging.Outbox</c>, by queue
/// and reason; the log says once a minute how many they were.
/// </summary>
internal sealed partial class RefusedMessages(
    IOutboxStore store, GroupCommitter committer, DeadLetterFactory letters, IOptions<OutboxOptions> options, TimeProvider time, IMeterFactory? meters, ILogger<RefusedMessages> logger)
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
    private readonly Dictionary<(string Queue, DeadLetterReason Reason), int> _unsaid = [];
    private long? _minute;
    private long? _said;
    private int _left;

    /// <summary>Counts one.</summary>
    public void Note(string queue, DeadLetterReason reason)
    {
        _counter.Add(1, new("messaging.destination.name", queue), new("reason", reason.ToString()));
        List<((string Queue, DeadLetterReason Reason) Key, int Count)> toSay;
        lock (_lock)
        {
            _unsaid[(queue, reason)] = _unsaid.GetValueOrDefault((queue, reason)) + 1;
            if (_said is { } said && time.GetElapsedTime(said) < TimeSpan.FromMinutes(1))
            {
                return;
            }

            _said = time.GetTimestamp();
            toSay = [.. _unsaid.Select(u => (u.Key, u.Value))];
            _unsaid.Clear();
        }

        foreach (var (key, count) in toSay)
        {
            LogRefused(count, key.Queue, key.Reason);
        }
    }

    /// <summary>Makes a dead letter of one, unless there are enough.</summary>
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

    /// <summary>How many wait is asked once a minute; several processes may together keep a minute's worth too many.</summary>
    private async Task<bool> MayKeepAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_minute is not { } minute || time.GetElapsedTime(minute) >= TimeSpan.FromMinutes(1))
            {
                var waiting = await StoreWait.RunAsync(
                    () => store.QueryAsync(Waiting, [], reader => reader.GetInt64(0), cancellationToken), _ => { }, time, cancellationToken);
                _left = (int)Math.Clamp(options.Value.Signing.MaxRefused - waiting.Single(), 0, MaxInMinute);
                _minute = time.GetTimestamp();
            }

            if (_left == 0)
            {
                return false;
            }

            _left--;
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Count} message(s) on {Queue} have no valid signature ({Reason}): somebody sends past the outbox, or a process has other Outbox:Signing:Keys. Those that are kept are dead "
        + "letters with that reason")]
    private partial void LogRefused(int count, string queue, DeadLetterReason reason);
}
