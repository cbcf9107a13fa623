namespace Messaging.Outbox.PostgreSql.Claims;

/// <summary>
/// The positions in the index at which the next claim of a process starts, one for each priority. Deleted rows stay in the index
/// until a vacuum, and a claim from the beginning of the index reads all of them: the last batch of a backlog of a million messages
/// would read 4,000 pages for its 500 rows, and under steady load each claim would read the rows of the last minute. If a claim
/// took the maximum number of rows of a priority, the next claim starts where this one ended. Otherwise that priority was read to
/// its end, and the next claim starts one second before the newest row that was found, so that it also finds rows that other
/// transactions commit late.
/// </summary>
/// <remarks>
/// Rows that become due before that position, because their transaction took longer or because another process released a claim,
/// are found by a claim from the beginning. Such a claim follows when this process has released a claim, when the store has
/// reported a due message, and twice a second.
/// </remarks>
internal sealed class ClaimPositions(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1); // usually longer than a commit takes
    private static readonly (DateTime DueAt, long Id) Beginning = (DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), 0); // Npgsql's -infinity
    private static readonly QueuePriority[] Levels = [.. Enum.GetValues<QueuePriority>().Order()];

    private readonly Lock _lock = new();
    private readonly Dictionary<QueuePriority, (DateTime DueAt, long Id)> _after = [];
    private long _lookedFromBeginning;

    /// <returns>The row after which the claim starts, for each level.</returns>
    public IReadOnlyList<(DateTime DueAt, long Id)> Next()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_lookedFromBeginning) > Longest)
            {
                _after.Clear();
            }

            if (_after.Count == 0)
            {
                _lookedFromBeginning = time.GetTimestamp();
            }

            return [.. Levels.Select(level => _after.GetValueOrDefault(level, Beginning))];
        }
    }

    /// <summary>Records the claimed rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="isFull">Whether more of this level may be due than was claimed.</param>
    public void Claimed(IReadOnlyCollection<(QueuePriority Level, (DateTime DueAt, long Id) Row)> rows, Func<QueuePriority, bool> isFull)
    {
        if (rows.Count == 0)
        {
            return;
        }

        // Each level was read up to the time of the claim; no row that was found is due later.
        var last = rows.Max(row => row.Row.DueAt);
        var lookedThrough = last.Ticks > Before.Ticks ? (last - Before, 0) : Beginning;
        var claimed = rows.ToLookup(row => row.Level, row => row.Row);
        lock (_lock)
        {
            foreach (var level in Levels)
            {
                _after[level] = isFull(level) ? claimed[level].Max() : lookedThrough;
            }
        }
    }

    /// <summary>Makes the next claim start at the beginning, because claimed rows are due again or a row was skipped.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _after.Clear();
        }
    }
}
