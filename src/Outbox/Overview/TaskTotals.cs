using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>The tasks by state, as the reporter last added them up (docs/decisions/0044).</summary>
/// <param name="ByState">The tasks in each state; of those that have ended, also the deleted ones.</param>
/// <param name="Accepted">Tasks that were accepted since the tables exist.</param>
/// <param name="Balance">Accepted tasks that have neither ended nor are there; 0 unless work was lost or counted twice.</param>
/// <param name="IsKnown">Whether a process adds up, so that these figures are at most some seconds old.</param>
internal sealed record TaskTotals(IReadOnlyDictionary<TaskState, long> ByState, long Accepted, long Balance, bool IsKnown)
{
    private const string Select =
        """
        SELECT t.state, t.accepted, t.tasks, t.off, CASE WHEN r.held_until BETWEEN $1 AND $2 THEN 1 ELSE 0 END
        FROM messaging.task_totals AS t LEFT JOIN messaging.reporter AS r ON 1 = 1
        """;

    public long this[TaskState state] => ByState.GetValueOrDefault(state);

    public static async Task<TaskTotals> ReadAsync(OutboxReader store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await store.QueryAsync(
            Select,
            [new StoreTime(now), new StoreTime(now + FigureTurn.LongestHold)],
            reader => (State: (int)reader.GetInt16(0), Accepted: reader.GetInt64(1), Tasks: reader.GetInt64(2), Off: reader.GetInt64(3), IsHeld: reader.GetInt32(4) != 0),
            cancellationToken);
        var accepted = rows.Sum(r => r.Accepted);
        return new TaskTotals(
            rows.Where(r => r.State >= 0).ToDictionary(r => (TaskState)r.State, r => r.Tasks),
            accepted,
            accepted - rows.Sum(r => r.Tasks + r.Off),
            rows.Any(r => r.IsHeld));
    }
}
