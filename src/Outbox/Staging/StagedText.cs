namespace Messaging.Outbox.Staging;

/// <summary>What a unit of work holds, in words: never a value, only how much of what.</summary>
internal static class StagedText
{
    private const int MaxNames = 5;

    /// <param name="work">What is staged.</param>
    /// <param name="executed">Commands that ran already, in a transaction that was not committed.</param>
    /// <param name="pending">Messages that were to be staged at the commit.</param>
    /// <returns>Empty when there is nothing.</returns>
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

    /// <summary>The verb and the table; further on there may be values.</summary>
    private static string Head(string sql)
    {
        var head = string.Join(' ', sql.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries).Take(3));
        return head.Length <= 60 ? head : head[..60];
    }
}
