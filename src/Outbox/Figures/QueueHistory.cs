using Messaging.Outbox.Effects;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Figures;

/// <summary>
/// Writes the depth of all queues once a minute, for charts, and deletes what is too old. Only the reporter does; two of them at once would write the same
/// rows.
/// </summary>
internal sealed partial class QueueHistory(ICommitStore commits, ISqlDialect dialect, StoreClock time, ILogger<QueueHistory> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly OptionalWork _work = new(time, error => LogNotWritten(logger, error));
    private DateTimeOffset? _last;

    /// <summary>Whether the depths of this minute are not written yet.</summary>
    public bool IsDue => _work.IsDue && _last != EffectSql.StartOf(time.GetUtcNow(), EffectSql.Minute);

    /// <summary>Writes the depths. A failure costs only this minute.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="rowsAreInFlight">Whether a row of the outbox stays until its consumers are done, so that those in flight do not wait.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task WriteAsync(FigureSet figures, bool rowsAreInFlight, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Deadline);
            await commits.RunAsync(dialect, transaction => WriteAsync(transaction, now, [.. figures.QueueDepths(rowsAreInFlight)], deadline.Token), deadline.Token);
            _work.Succeed();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _work.Fail(exception);
        }

        _last = EffectSql.StartOf(now, EffectSql.Minute);
    }

    private static async Task WriteAsync(
        OutboxTransaction transaction, DateTimeOffset now, IReadOnlyList<(string Queue, long Depth)> depths, CancellationToken cancellationToken)
    {
        var minute = new StoreTime(EffectSql.StartOf(now, EffectSql.Minute));
        foreach (var part in depths.Chunk(200))
        {
            await transaction.ExecuteAsync(
                $"""
                INSERT INTO messaging.queue_depths (minute, queue, depth) VALUES {string.Join(", ", part.Select((_, i) => $"($1, ${(i * 2) + 2}, ${(i * 2) + 3})"))}
                ON CONFLICT (minute, queue) DO UPDATE SET depth = excluded.depth
                """,
                cancellationToken,
                [minute, .. part.SelectMany(d => new object?[] { d.Queue, d.Depth })]);
        }

        await transaction.ExecuteAsync("DELETE FROM messaging.queue_depths WHERE minute < $1", cancellationToken, new StoreTime(now - FigureSql.CountsAreKept));
        await EffectSql.CleanUpAsync(transaction, now, cancellationToken);
    }

    [LoggerMessage(
        EventId = 1725, EventName = "QueueDepthsNotWritten", Level = LogLevel.Warning,
        Message = "The depth of the queues could not be written, so this minute is missing in the charts; check the database and the role's rights: {Error}")]
    private static partial void LogNotWritten(ILogger logger, string error);
}
