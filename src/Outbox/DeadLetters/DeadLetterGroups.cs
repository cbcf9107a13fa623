using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Reads groups of dead letters that wait for a decision, with their queues, their course and the notes on them.</summary>
internal static class DeadLetterGroups
{
    /// <summary>The number of hours in the trend.</summary>
    public const int Hours = 24;

    /// <summary>The maximum number of dead letters of one group, and of all groups of a page, whose queues and hours are read.</summary>
    public const int MaxRead = 10_000, MaxReadOfPage = 100_000;

    /// <summary>The maximum number of dead letters of one group, and of all groups of a page, that are counted.</summary>
    public const int MaxCounted = 100_000, MaxCountedOfPage = 1_000_000;

    /// <summary>A page of groups by their ids.</summary>
    public static async Task<Page<DeadLetterGroup>> ListAsync(IStoreQueries queries, Guid? after, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var most = OneMore.Than(limit);
        var ids = OneMore.CutById(
            await queries.QueryAsync(after is null ? DeadLetterGroupSql.Ids : DeadLetterGroupSql.IdsAfter, after is { } last ? [most, last] : [most], reader => reader.GetGuid(0), cancellationToken),
            limit,
            id => id);
        return new Page<DeadLetterGroup>(await ReadAsync(queries, ids.Items, now, cancellationToken), ids.Next);
    }

    /// <summary>The groups with these ids of which dead letters wait for a decision.</summary>
    public static async Task<IReadOnlyList<DeadLetterGroup>> ReadAsync(IStoreQueries queries, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var most = Math.Min(MaxCounted, MaxCountedOfPage / ids.Count);
        var groups = await queries.QueryAsync(DeadLetterGroupSql.Groups(ids.Count, most), [.. ids], reader => DeadLetterGroupSql.Read(reader, most), cancellationToken);
        var each = Math.Min(MaxRead, MaxReadOfPage / ids.Count);
        var counts = await CountAsync(queries, ids, each, now, cancellationToken);
        var notes = await NotesAsync(queries, ids, cancellationToken);
        return
        [
            .. ids.SelectMany(id => groups.Where(group => group.GroupId == id))
                .Select(group => WithCourse(group with { IsCapped = group.Count > each }, counts[group.GroupId], notes.GetValueOrDefault(group.GroupId))),
        ];
    }

    private static DeadLetterGroup WithCourse(DeadLetterGroup group, IEnumerable<Counted> counts, DeadLetterNote? note)
    {
        var trend = new long[Hours];
        foreach (var count in counts.Where(c => c.Hour >= 0))
        {
            trend[count.Hour] += count.Number;
        }

        return group with { Queues = [.. counts.Select(c => c.Queue).Distinct().Order(StringComparer.Ordinal)], Trend = trend, Note = note };
    }

    /// <summary>Counts the newest of each group by queue and hour, along the index of the groups; -1 stands for all hours before the last 24.</summary>
    private static async Task<ILookup<Guid, Counted>> CountAsync(IStoreQueries queries, IReadOnlyList<Guid> ids, int each, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var filter = new SqlFilter([.. ids]);
        var hours = Enumerable.Range(0, Hours).Reverse().Select(hour => $"WHEN dead_at >= {filter.Parameter(new StoreTime(now.AddHours(hour - Hours)))} THEN {hour}").ToList();
        var newest = string.Join(" UNION ALL ", ids.Select((_, i) =>
            $"SELECT * FROM (SELECT group_id, queue, dead_at FROM messaging.dead_letters WHERE state = 0 AND group_id = ${i + 1} ORDER BY id DESC LIMIT {each}) AS g{i}"));
        var rows = await queries.QueryAsync(
            $"SELECT group_id, queue, CASE {string.Join(' ', hours)} ELSE -1 END, count(*) FROM ({newest}) AS newest GROUP BY 1, 2, 3",
            filter.Parameters,
            reader => new Counted(reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3)),
            cancellationToken);
        return rows.ToLookup(row => row.Group);
    }

    private static async Task<Dictionary<Guid, DeadLetterNote>> NotesAsync(IStoreQueries queries, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var rows = await queries.QueryAsync(
            $"SELECT group_id, note, who, at FROM messaging.dead_letter_notes WHERE group_id IN ({SqlFilter.Numbered(ids.Count)})",
            [.. ids],
            reader => (Group: reader.GetGuid(0), Note: new DeadLetterNote(reader.GetString(1), reader.GetString(2), reader.Time(3)!.Value)),
            cancellationToken);
        return rows.ToDictionary(row => row.Group, row => row.Note);
    }

    private sealed record Counted(Guid Group, string Queue, int Hour, long Number);
}
