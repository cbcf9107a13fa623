namespace Messaging.Outbox.Postgres;

/// <summary>
/// Where a process's next claim begins to look, level by level. What was claimed is dead in the index until a vacuum, and a claim from the
/// beginning steps over all of it: of a backlog of a million the last batch would pass 4,000 pages for its 500 rows. So a claim that follows
/// a full one of its level begins where that one ended.
/// </summary>
/// <remarks>
/// What becomes due behind a position - a transaction that began before and commits now, a claim that another process gives back - is found from
/// the beginning: where the last claim was not full, after a claim was given back here, and twice a second in any case.
/// </remarks>
internal sealed class ClaimPositions(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly (DateTime DueAt, long Id) Beginning = (DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), 0); // Npgsql's -infinity

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

            return [.. Enum.GetValues<QueuePriority>().Order().Select(level => _after.GetValueOrDefault(level, Beginning))];
        }
    }

    /// <summary>Notes the last row of each level that was claimed in full.</summary>
    public void Claimed(IEnumerable<(QueuePriority Level, (DateTime DueAt, long Id) Row)> rows, int limit)
    {
        lock (_lock)
        {
            _after.Clear();
            foreach (var level in rows.GroupBy(row => row.Level, row => row.Row).Where(level => level.Count() >= limit))
            {
                _after[level.Key] = level.Max();
            }
        }
    }

    /// <summary>What was claimed is due again.</summary>
    public void GivenBack()
    {
        lock (_lock)
        {
            _after.Clear();
        }
    }
}
