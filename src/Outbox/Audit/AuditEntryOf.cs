namespace Messaging.Outbox.Audit;

/// <summary>Which of the entries of one time is that of a change: the time alone may be shared with another action.</summary>
internal static class AuditEntryOf
{
    /// <summary>The entry that names one of these; else the only one of its kind, if it has no list of what it changed.</summary>
    /// <param name="entries">The entries of the time of the change.</param>
    /// <param name="verbs">What the action does, such as <c>cancel</c>.</param>
    /// <param name="ids">The task or dead letter, and what it was changed with.</param>
    public static AuditEntry? Find(IEnumerable<AuditEntry> entries, IReadOnlyCollection<string> verbs, params Guid?[] ids)
    {
        var all = entries.Where(entry => verbs.Any(verb => Does(entry, verb))).ToList();
        return all.Find(entry => ids.Any(id => id is { } named && Names(entry, named)))
            ?? (all.Where(entry => !HasIds(entry)).ToList() is [var only] ? only : null);
    }

    /// <summary>The only entry of a kind; null if there are several.</summary>
    public static AuditEntry? Only(IEnumerable<AuditEntry> entries, IReadOnlyCollection<string> verbs) =>
        entries.Where(entry => verbs.Any(verb => Does(entry, verb))).ToList() is [var only] ? only : null;

    /// <summary>Whether an entry is about this, alone or among others.</summary>
    public static bool Names(AuditEntry entry, Guid id) =>
        entry.Target == $"{id}" || entry.Details?.Contains($"\"{id}\"", StringComparison.Ordinal) == true;

    private static bool HasIds(AuditEntry entry) => Guid.TryParse(entry.Target, out _) || entry.Details?.Contains("\"ids\":[", StringComparison.Ordinal) == true;

    private static bool Does(AuditEntry entry, string verb) => entry.Action == AuditActions.BulkStep
        ? entry.Details?.Contains($"\"action\":\"{verb}\"", StringComparison.OrdinalIgnoreCase) == true
        : entry.Action.Contains(verb, StringComparison.OrdinalIgnoreCase);
}
