using System.Data.Common;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Cancels tasks inside a transaction: those that have not ended. What comes after them is Blocked, their keys are free, and a row of
/// the inbox tells whoever follows them.
/// </summary>
internal static class CancelSql
{
    /// <summary>The largest number of ids for one call: each is a parameter of its own.</summary>
    public const int MaxIds = 500;

    private static readonly Guid Cancelled = DerivedId.Of("#cancelled");

    /// <param name="transaction">Where it happens; nothing is committed here.</param>
    /// <param name="ids">At most <see cref="MaxIds"/>; unknown ones, and tasks that have ended, are left alone.</param>
    /// <param name="now">When they were cancelled.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The tasks that are Cancelled by this.</returns>
    public static async Task<IReadOnlyList<Guid>> CancelAsync(
        DbTransaction transaction, IReadOnlyCollection<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxIds, nameof(ids));
        if (ids.Count == 0)
        {
            return [];
        }

        var cancelled = await transaction.QueryAsync(
            $"""
            UPDATE tasks SET state = {(int)TaskState.Cancelled}, finished_at = $1, next_attempt_at = NULL
            WHERE id IN ({SqlFilter.Numbered(ids.Count, 2)}) AND state IN (
                {(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying},
                {(int)TaskState.Scheduled}, {(int)TaskState.Waiting}, {(int)TaskState.Blocked})
            RETURNING id
            """,
            reader => reader.GetGuid(0),
            cancellationToken,
            [new StoreTime(now), .. ids.Order()]);
        if (cancelled.Count == 0)
        {
            return cancelled;
        }

        object?[] these = [.. cancelled];
        var list = SqlFilter.Numbered(cancelled.Count);
        await transaction.ExecuteAsync($"DELETE FROM unique_tasks WHERE task_id IN ({list})", cancellationToken, these);
        foreach (var predecessor in await transaction.QueryAsync(
            $"SELECT DISTINCT predecessor FROM task_links WHERE predecessor IN ({list})", reader => reader.GetGuid(0), cancellationToken, these))
        {
            await transaction.ExecuteAsync(TaskLinksSql.Block, cancellationToken, predecessor);
        }

        await transaction.ExecuteAsync(
            $"""
            INSERT INTO inbox (message_id, consumer_id, consumed_at)
            VALUES {string.Join(", ", Enumerable.Range(3, cancelled.Count).Select(i => $"(${i}, $1, $2)"))}
            ON CONFLICT DO NOTHING
            """,
            cancellationToken,
            [Cancelled, new StoreTime(now), .. cancelled]);
        return cancelled;
    }
}
