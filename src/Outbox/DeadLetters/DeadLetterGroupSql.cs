using System.Data.Common;
using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// SQL of groups of dead letters, the same for both dialects. It jumps from group to group along the index of the groups, counts in the index alone, and reads
/// two rows of each: so its cost is that of the groups of a page, whatever the size of the letters. A <c>GROUP BY</c> reads every letter.
/// </summary>
internal static class DeadLetterGroupSql
{
    /// <param name="filter">The condition on <c>group_id</c>, with its parameters.</param>
    /// <param name="limit">The maximum number of groups.</param>
    public static string Select(SqlFilter filter, int limit)
    {
        var most = limit.ToString(CultureInfo.InvariantCulture);
        return $"""
            WITH RECURSIVE walk (group_id, place) AS (
                SELECT * FROM (SELECT group_id, 1 FROM messaging.dead_letters WHERE state = 0 AND {filter.Where} ORDER BY group_id LIMIT 1) AS first
                UNION ALL
                SELECT (SELECT d.group_id FROM messaging.dead_letters AS d WHERE d.state = 0 AND d.group_id > walk.group_id AND {filter.Where.Replace("group_id", "d.group_id", StringComparison.Ordinal)}
                    ORDER BY d.group_id LIMIT 1), walk.place + 1
                FROM walk WHERE walk.group_id IS NOT NULL AND walk.place < {most}
            )
            SELECT walk.group_id, newest.reason, newest.exception_type, newest.throw_site,
                (SELECT count(*) FROM messaging.dead_letters AS c WHERE c.state = 0 AND c.group_id = walk.group_id), oldest.dead_at, newest.dead_at, newest.error
            FROM walk
            JOIN messaging.dead_letters AS oldest ON oldest.id = ({One("")})
            JOIN messaging.dead_letters AS newest ON newest.id = ({One("DESC")})
            ORDER BY walk.group_id
            """;
    }

    public static DeadLetterGroup Read(DbDataReader reader) => new(
        reader.GetGuid(0),
        Enum.Parse<DeadLetterReason>(reader.GetString(1)),
        reader.Text(2),
        reader.Text(3),
        reader.GetInt64(4),
        reader.Time(5)!.Value,
        reader.Time(6)!.Value,
        reader.Text(7));

    private static string One(string direction) =>
        $"SELECT o.id FROM messaging.dead_letters AS o WHERE o.state = 0 AND o.group_id = walk.group_id ORDER BY o.id {direction} LIMIT 1";
}
