using Messaging.Outbox.Store;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dispatch;

/// <summary>
/// Makes messages due that wait only because the database's clock was ahead when they were stored, and was put back since (docs/decisions/0062).
/// A message without a delay is due at its commit, and one that could not be sent after a short pause, so a later due time of theirs is wrong.
/// </summary>
/// <remarks>Delayed messages are not changed: their rows do not show by which clock the delay was added.</remarks>
internal sealed partial class WrongDueTimes(
    ICommitStore commits, ISqlDialect dialect, IStoreTime database, StoreClock clock, IOptions<OutboxOptions> options, ILogger<WrongDueTimes> logger)
{
    private const int Batch = 1_000;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    private readonly string _sql = $"UPDATE messaging.outbox SET due_at = $1 WHERE {dialect.IsAmong(column => TooLate(dialect, column))}";

    // The clock of a machine may have been put back while the process was not running. That of a server is seen by a process that runs.
    private int _corrected = database.HasClockOfItsOwn ? 0 : -1;

    private long? _failedAt;

    /// <summary>
    /// Corrects the due times if the clock was put back since the last time; otherwise it costs nothing. What cannot be corrected is tried again after a minute:
    /// dispatching does not wait for it.
    /// </summary>
    public async Task CorrectAsync(CancellationToken cancellationToken)
    {
        var setbacks = clock.Setbacks;
        if (setbacks == _corrected || (_failedAt is { } failedAt && clock.GetElapsedTime(failedAt) < PauseAfterFailure))
        {
            return;
        }

        try
        {
            await CorrectAllAsync(setbacks, cancellationToken);
            _failedAt = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _failedAt = clock.GetTimestamp();
            LogFailed(FailureText.Of(exception));
        }
    }

    private async Task CorrectAllAsync(int setbacks, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var priority in Enum.GetValues<QueuePriority>())
        {
            int moved;
            do
            {
                moved = await MoveAsync(priority, cancellationToken);
                count += moved;
            }
            while (moved == Batch);
        }

        _corrected = setbacks;
        if (count > 0)
        {
            LogCorrected(count);
        }
    }

    private static string TooLate(ISqlDialect dialect, string column) =>
        $"""
        SELECT {column} FROM messaging.outbox
        WHERE priority = $3 AND waiting = 0 AND due_at > $2 AND due_at < {dialect.Never} AND {dialect.IsUnclaimed}
        ORDER BY due_at, id LIMIT {Batch} {dialect.SkipLocked}
        """;

    private async Task<int> MoveAsync(QueuePriority priority, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.SendTimeout);
        var now = clock.GetUtcNow();
        return await commits.RunAsync(
            dialect,
            transaction => transaction.ExecuteAsync(_sql, deadline.Token, new StoreTime(now), new StoreTime(now + UndeliveredPolicy.LongestPauseOf(options.Value)), priority),
            deadline.Token);
    }

    [LoggerMessage(
        EventId = 1204, EventName = "DueTimesCorrected", Level = LogLevel.Warning,
        Message = "The database's clock was put back: {Count} message(s) that were stored before would have waited for it, and are due now. Check the clocks")]
    private partial void LogCorrected(int count);

    [LoggerMessage(
        EventId = 1206, EventName = "DueTimesNotCorrected", Level = LogLevel.Warning,
        Message = "The database's clock was put back, and what waits for it could not be made due; the next attempt follows in a minute, check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);
}
