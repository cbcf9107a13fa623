using System.Globalization;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Notes of operators on groups of dead letters: one for each group.</summary>
internal static class DeadLetterNotes
{
    private const string Keep =
        """
        INSERT INTO messaging.dead_letter_notes (group_id, note, who, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (group_id) DO UPDATE SET note = excluded.note, who = excluded.who, at = excluded.at
        """;

    /// <summary>Writes or deletes a note with its audit entry. The entry has the length of the note and not its text.</summary>
    /// <returns>False if no dead letter of the group waits for a decision.</returns>
    public static async Task<bool> SetAsync(
        OutboxTransaction transaction, Guid groupId, string? text, string who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text?.Length ?? 0, IDeadLetterControl.MaxNote, nameof(text));
        var any = await transaction.QueryAsync("SELECT 1 FROM messaging.dead_letters WHERE group_id = $1 AND state = 0 LIMIT 1", _ => true, cancellationToken, groupId);
        if (any.Count == 0)
        {
            return false;
        }

        var changed = string.IsNullOrWhiteSpace(text)
            ? await transaction.ExecuteAsync("DELETE FROM messaging.dead_letter_notes WHERE group_id = $1", cancellationToken, groupId)
            : await transaction.ExecuteAsync(Keep, cancellationToken, groupId, text, who, new StoreTime(now));
        if (changed > 0)
        {
            var details = string.Create(CultureInfo.InvariantCulture, $$"""{"length":{{(string.IsNullOrWhiteSpace(text) ? 0 : text.Length)}}}""");
            await transaction.WriteAsync(AuditSql.Entry(now, who, "dead-letter.note", groupId.ToString(), details: details), cancellationToken);
        }

        return true;
    }
}
