namespace Messaging.Outbox.Staging;

/// <summary>Describes the content of a unit of work for logs: kinds and counts, and no values.</summary>
internal static class StagedText
{
    private const int MaxNames = 5;

    /// <param name="work">The staged work.</param>
    /// <param name="executed">The number of commands that already ran in a transaction that was not committed.</param>
    /// <param name="pending">The messages that would have been staged at the commit.</param>
    /// <returns>Empty if there is no work.</returns>
    public static string Of(StagedWork work, int executed, IReadOnlyList<string> pending)
    {
        var parts = new List<string>();
        IEnumerable<string> ran = executed > 0 ? [$"{executed} in its own transaction"] : [];
        Add("SQL command(s)", work.Commands.Count + executed, [.. work.Commands.Select(c => Head(c.Sql)), .. ran]);
        Add("message(s)", work.Messages.Count + pending.Count, [.. pending, .. work.Messages.Select(m => m.TaskKind ?? m.Destination.Split('/')[^1])]);
        Add("other entries", work.Outcomes.Count + work.DeadLetters.Count + work.Settlements.Count + work.InboxKeys.Count, []);
        return string.Join(", ", parts);

        void Add(string what, int count, IEnumerable<string> names)
        {
            if (count > 0)
            {
                var some = names.Distinct(StringComparer.Ordinal).Take(MaxNames).ToList();
                parts.Add(some.Count > 0 ? $"{count} {what} ({string.Join("; ", some)})" : $"{count} {what}");
            }
        }
    }

    /// <summary>The verb and the table; the rest may contain values.</summary>
    private static string Head(string sql)
    {
        var head = string.Join(' ', sql.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries).Take(3));
        return head.Length <= 60 ? head : head[..60];
    }
}
