using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// SQL of the groups of dead letters. It walks along the index of the groups, so that it reads as many rows as it says and no more, however many
/// dead letters wait: one for each group of the page, and those that are counted.
/// </summary>
internal static class DeadLetterGroupSql
{
    private const string Waiting = "FROM messaging.dead_letters WHERE state = 0 AND group_id";

    /// <summary>The ids of the first groups, at most <c>$1</c>.</summary>
    public static readonly string Ids = IdsFrom("state = 0");

    /// <summary>The ids of the first groups after <c>$2</c>, at most <c>$1</c>.</summary>
    public static readonly string IdsAfter = IdsFrom("state = 0 AND group_id > $2");

    /// <summary>The groups with the ids <c>$1</c> and following, of each of which at most a number of dead letters is counted.</summary>
    public static string Groups(int groups, int most) => string.Join(" UNION ALL ", Enumerable.Range(1, groups).Select(n =>
        $"""
        SELECT newest.group_id, newest.reason, newest.exception_type, newest.throw_site, newest.error, newest.dead_at, oldest.dead_at,
            (SELECT count(*) FROM (SELECT 1 AS one {Waiting} = ${n} LIMIT {most + 1}) AS counted)
        FROM (SELECT group_id, reason, exception_type, throw_site, error, dead_at {Waiting} = ${n} ORDER BY id DESC LIMIT 1) AS newest,
            (SELECT dead_at {Waiting} = ${n} ORDER BY id LIMIT 1) AS oldest
        """));

    public static DeadLetterGroup Read(DbDataReader reader, int most) => new(
        reader.GetGuid(0),
        Enum.Parse<DeadLetterReason>(reader.GetString(1)),
        reader.Text(2),
        reader.Text(3),
        Math.Min(most, reader.GetInt64(7)),
        reader.Time(6)!.Value,
        reader.Time(5)!.Value,
        reader.Text(4))
    {
        IsExact = reader.GetInt64(7) <= most,
    };

    /// <summary>Jumps from each group to the next one.</summary>
    private static string IdsFrom(string first) =>
        $"""
        WITH RECURSIVE found (id, number) AS (
            SELECT (SELECT group_id FROM messaging.dead_letters WHERE {first} ORDER BY group_id LIMIT 1), 1
            UNION ALL
            SELECT (SELECT group_id {Waiting} > found.id ORDER BY group_id LIMIT 1), found.number + 1 FROM found WHERE found.id IS NOT NULL AND found.number < $1
        )
        SELECT id FROM found WHERE id IS NOT NULL ORDER BY id
        """;
}
