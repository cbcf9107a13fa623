namespace Messaging.Outbox.PostgreSql.Claims;

/// <summary>
/// Where a process's next claim begins to look, level by level. What was claimed is dead in the index until a vacuum, and a claim from the
/// beginning steps over all of it: of a backlog of a million the last batch would pass 4,000 pages for its 500 rows, and where rows are claimed as
/// fast as they come each claim those of the last minute. So a claim of a level that was claimed in full begins where that ended, and of one that
/// was looked through a little before what was due last: with what transactions that were still open then have committed since.
/// </summary>
/// <remarks>
/// What becomes due further behind - after a transaction that took longer, by a claim that another process gives back - is found from the
/// beginning: after a claim was given back here, when the store was asked and something is due, and twice a second in any case.
/// </remarks>
internal sealed class ClaimPositions(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1); // longer than a commit takes, as a rule
    private static readonly (DateTime DueAt, long Id) Beginning = (DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), 0); // Npgsql's -infinity
    private static readonly QueuePriority[] Levels = [.. Enum.GetValues<QueuePriority>().Order()];

    private readonly Lock _lock = new();
    private readonly Dictionary<QueuePriority, (DateTime DueAt, long Id)> _after = [];
    private long _lookedFromBeginning;

    /// <returns>The row after which to look, level by level.</returns>
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

    /// <summary>Notes what was claimed, of each level at most <paramref name="limit"/> rows.</summary>
    public void Claimed(IReadOnlyCollection<(QueuePriority Level, (DateTime DueAt, long Id) Row)> rows, int limit)
    {
        if (rows.Count == 0)
        {
            return;
        }

        // Each level was looked through up to the claim's own time, which no row that was found is due after.
        var last = rows.Max(row => row.Row.DueAt);
        var lookedThrough = last.Ticks > Before.Ticks ? (last - Before, 0) : Beginning;
        var claimed = rows.ToLookup(row => row.Level, row => row.Row);
        lock (_lock)
        {
            foreach (var level in Levels)
            {
                _after[level] = claimed[level].Count() >= limit ? claimed[level].Max() : lookedThrough;
            }
        }
    }

    /// <summary>The next claim begins at the beginning: what was claimed is due again, or something is due that was passed by.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _after.Clear();
        }
    }
}
