using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>What only the search for what needs attention reads. Each statement reads a bounded number of rows along an index.</summary>
/// <param name="Due">Since when the oldest message of a queue has been due in the outbox; the queue is null if it is not known.</param>
/// <param name="NewDeadLetters">New dead letters by queue, counted to 10,000.</param>
/// <param name="DeadLetters">Dead letters without a decision, counted to 100,000.</param>
/// <param name="NewestDeadLetter">The newest of them; null if there is none. With their number it says whether anything has changed.</param>
/// <param name="Undelivered">Messages that could not be sent, among the newest thousand dead letters without a decision.</param>
/// <param name="Schedules">Schedules that have stopped or are late; twenty at most.</param>
internal sealed record AttentionFacts(
    IReadOnlyList<(string? Queue, DateTimeOffset Since)> Due,
    IReadOnlyList<(string Queue, long Count)> NewDeadLetters,
    long DeadLetters,
    Guid? NewestDeadLetter,
    long Undelivered,
    IReadOnlyList<(string Name, string? Error, DateTimeOffset? DueAt)> Schedules)
{
    private const string SelectNew =
        """
        SELECT d.queue, count(*) FROM (SELECT queue FROM messaging.dead_letters WHERE state = 0 AND id >= $1 ORDER BY id LIMIT 10000) AS d
        GROUP BY d.queue ORDER BY d.queue
        """;

    private const string SelectUndelivered =
        $"SELECT count(*) FROM (SELECT reason FROM messaging.dead_letters WHERE state = 0 ORDER BY id DESC LIMIT 1000) AS d WHERE reason = '{nameof(DeadLetterReason.Undelivered)}'";

    private const string SelectSchedules =
        "SELECT name, error, next_due_at FROM messaging.schedules WHERE paused = 0 AND (error IS NOT NULL OR next_due_at <= $1) ORDER BY name LIMIT 20";

    private static readonly string SelectDeadLetters = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT count(*), (SELECT id FROM messaging.dead_letters WHERE state = 0 ORDER BY id DESC LIMIT 1)
        FROM (SELECT 1 FROM messaging.dead_letters WHERE state = 0 ORDER BY id LIMIT {FigureSql.Cap}) AS d
        """);

    /// <param name="store">The store.</param>
    /// <param name="waits">The condition of a row of the outbox that waits, and is not with a consumer.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<AttentionFacts> ReadAsync(OutboxReader store, string waits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await store.QueryAsync(SelectDue(waits), [new StoreTime(now)], r => (Queue: r.Text(0), Since: r.Time(1)), cancellationToken);
        var fresh = await store.QueryAsync(
            SelectNew, [Uuid7.LowerBound(now - AttentionWords.NewDeadLetters)], r => (r.GetString(0), r.GetInt64(1)), cancellationToken);
        var (count, newest) = (await store.QueryAsync(SelectDeadLetters, [], r => (r.GetInt64(0), r.IsDBNull(1) ? (Guid?)null : r.GetGuid(1)), cancellationToken))[0];
        var undelivered = count == 0 ? [0] : await store.QueryAsync(SelectUndelivered, [], r => r.GetInt64(0), cancellationToken);
        var schedules = await store.QueryAsync(
            SelectSchedules, [new StoreTime(now - AttentionWords.LateBy)], r => (r.GetString(0), r.Text(1), r.Time(2)), cancellationToken);
        return new AttentionFacts([.. due.Where(d => d.Since is not null).Select(d => (d.Queue, d.Since!.Value))], fresh, count, newest, undelivered[0], schedules);
    }

    private static string SelectDue(string waits) =>
        $"""
        SELECT q.name, (SELECT min(due_at) FROM messaging.outbox WHERE queue = q.name AND due_at <= $1 AND {waits}) FROM messaging.queues AS q
        UNION ALL SELECT NULL, (SELECT min(due_at) FROM messaging.outbox WHERE queue IS NULL AND due_at <= $1 AND {waits})
        """;
}
